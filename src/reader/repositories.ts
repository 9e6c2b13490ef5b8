import {
  BitbucketClient,
  quote,
  Repository,
  RequestContext,
} from '../bitbucket';
import { DirectFiles, findCommit, WorkspaceIndex } from '../workspace';
import { Repositories } from './source';

/** Repositories as the index knows them, which asks Bitbucket for the rest. */
export function indexedRepositories(
  index: WorkspaceIndex,
  client: BitbucketClient,
): Repositories {
  const listed = new Map<string, { updatedOn?: string; names: string[] }>();
  return {
    find: (...args) => index.repositories.find(...args),
    open: (...args) => index.files.open(...args),
    async *branchNames(repository, prefix, context) {
      yield index.files.refNames(repository.fullName);
      // So that a URL which leads nowhere does not cost a list at each reading.
      const key = `${repository.fullName} ${prefix}`;
      const known = listed.get(key);
      if (known?.updatedOn && known.updatedOn === repository.updatedOn) {
        yield known.names;
        return;
      }
      const names = await listBranchNames(client, repository, prefix, context);
      listed.set(key, { updatedOn: repository.updatedOn, names });
      yield names;
    },
  };
}

/**
 * Repositories as Bitbucket shows them to a token of the reader's own, which may
 * see more than the index is to know, or less than it knows.
 */
export function directRepositories(client: BitbucketClient): Repositories {
  return {
    find: (...args) => client.getRepository(...args),
    async open(repository, ref, context) {
      const commit = await findCommit(client, repository, ref, context);
      return commit === undefined
        ? undefined
        : new DirectFiles(client, repository, commit);
    },
    async *branchNames(repository, prefix, context) {
      yield listBranchNames(client, repository, prefix, context);
    },
  };
}

async function listBranchNames(
  client: BitbucketClient,
  { fullName }: Repository,
  prefix: string,
  context: RequestContext,
): Promise<string[]> {
  const [workspace, slug] = fullName.split('/');
  const query = { q: `name ~ ${quote(prefix)}` };
  const names = [];
  const branches = client.listBranches(workspace, slug, query, context);
  for await (const { name } of branches) {
    names.push(name);
  }
  return names;
}
