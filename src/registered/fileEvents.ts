import { CatalogScmEvent } from '@backstage/plugin-catalog-node/alpha';
import { BitbucketClient, Repository, RequestContext } from '../bitbucket';
import { toFileUrl } from '../urls';
import { CommitFiles, KnownFiles } from '../workspace';
import { RegisteredFile } from './RegisteredFile';

/** A branch before and after a push. */
export type PushedFiles = {
  repository: Repository;
  branch: string;
  before: KnownFiles;
  after: CommitFiles;
};

/**
 * What a push has made of a file: nothing, another content, or no file any more.
 *
 * Costs nothing for what the index knows; one request to see where a file went
 * that is gone.
 */
export async function fileEvent(
  client: BitbucketClient,
  file: RegisteredFile,
  pushed: PushedFiles,
  context: RequestContext,
): Promise<CatalogScmEvent | undefined> {
  const { branch, before, after } = pushed;
  const updated = { type: 'location.updated', url: file.url } as const;
  if (file.isGlob) {
    return updated;
  }
  const path = file.pathOn(branch);
  const was = before.files.get(path);
  const is = await after.look(path, context);
  if (was?.exists && !is.exists) {
    return goneEvent(client, file, pushed, context);
  }
  const isSame = was?.exists === is.exists && was.hash === is.hash;
  return isSame ? undefined : updated;
}

async function goneEvent(
  client: BitbucketClient,
  file: RegisteredFile,
  { repository, branch, before, after }: PushedFiles,
  context: RequestContext,
): Promise<CatalogScmEvent> {
  const { fullName } = repository;
  const [workspace, slug] = fullName.split('/');
  const changes = await client.getChangedPaths(
    workspace,
    slug,
    before.ref.commit!,
    after.commit,
    context,
  );
  const path = file.pathOn(branch);
  const movedTo = changes?.find(change => change.path === path)?.movedTo;
  return movedTo === undefined
    ? { type: 'location.deleted', url: file.url }
    : {
        type: 'location.moved',
        fromUrl: file.url,
        toUrl: toFileUrl(fullName, branch, movedTo),
      };
}
