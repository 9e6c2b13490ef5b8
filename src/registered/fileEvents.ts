import { CatalogScmEvent } from '@backstage/plugin-catalog-node/alpha';
import {
  BitbucketClient,
  isNotFoundError,
  Repository,
  RequestContext,
} from '../bitbucket';
import { toFileUrl } from '../urls';
import { CommitFiles, KnownFiles } from '../workspace';
import { RegisteredFile } from './RegisteredFile';

/** A branch before and after a push. */
export type PushedFiles = {
  repository: Repository;
  branch: string;
  /** Absent where nothing was known of it. */
  before: KnownFiles | undefined;
  after: CommitFiles;
};

/**
 * What a push has made of a file: nothing, another content, or no file any more.
 * Where it is not known what was there before, the catalog reads it again.
 *
 * Costs nothing for what the index knows; two requests for a file that is gone,
 * to see where it went and to be sure.
 */
export async function fileEvent(
  client: BitbucketClient,
  file: RegisteredFile,
  pushed: PushedFiles,
  context: RequestContext,
): Promise<CatalogScmEvent | undefined> {
  const { branch, before, after } = pushed;
  const updated = { type: 'location.updated', url: file.url } as const;
  if (file.isGlob || !before?.ref.commit) {
    return updated;
  }
  const path = file.pathOn(branch);
  const was = before.files.get(path);
  const is = await after.look(path, context);
  if (was?.exists && !is.exists) {
    return (
      (await goneEvent(client, file, pushed, before.ref.commit, context)) ??
      updated
    );
  }
  const isSame = was?.exists === is.exists && was.hash === is.hash;
  return isSame ? undefined : updated;
}

/**
 * Undefined where Bitbucket does not say twice that the file is gone: a single
 * wrong answer must not unregister anything.
 */
async function goneEvent(
  client: BitbucketClient,
  file: RegisteredFile,
  { repository, branch, after }: PushedFiles,
  from: string,
  context: RequestContext,
): Promise<CatalogScmEvent | undefined> {
  const { fullName } = repository;
  const [workspace, slug] = fullName.split('/');
  const path = file.pathOn(branch);
  const changes = await client.getChangedPaths(
    workspace,
    slug,
    from,
    after.commit,
    context,
  );
  const change = changes?.find(one => one.path === path && !one.exists);
  const place = [workspace, slug, after.commit, path] as const;
  if (!change || !(await isMissing(client, place, context))) {
    return undefined;
  }
  return change.movedTo === undefined
    ? { type: 'location.deleted', url: file.url }
    : {
        type: 'location.moved',
        fromUrl: file.url,
        toUrl: toFileUrl(fullName, branch, change.movedTo),
      };
}

async function isMissing(
  client: BitbucketClient,
  place: readonly [
    workspace: string,
    repository: string,
    commit: string,
    path: string,
  ],
  context: RequestContext,
): Promise<boolean> {
  try {
    await client.source.entry(...place, context);
    return false;
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'path') {
      return true;
    }
    throw error;
  }
}
