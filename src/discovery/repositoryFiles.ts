import {
  BitbucketClient,
  isNotFoundError,
  Repository,
  RequestContext,
} from '../bitbucket';
import {
  findFiles,
  Head,
  isRegularFile,
  PathGlob,
  StaleHeadError,
} from '../workspace';
import { CatalogPaths } from './catalogPaths';

/**
 * The paths of a repository's catalog files at a head, sorted, without leading
 * slashes.
 *
 * @throws StaleHeadError when the head is no longer there
 * @throws NotFoundError when the repository is no longer there
 */
export async function findCatalogFiles(
  client: BitbucketClient,
  repository: Repository,
  head: Head,
  paths: CatalogPaths,
  context: RequestContext,
): Promise<string[]> {
  const [workspace, slug] = repository.fullName.split('/');
  const commit = { workspace, repository: slug, hash: head.hash };

  const lookUpFile = async (path: string) => {
    const { hash } = commit;
    const entry = await client.getSourceEntry(
      workspace,
      slug,
      hash,
      path,
      context,
    );
    return isRegularFile(entry) ? [path] : [];
  };
  const lookUpGlob = async (glob: PathGlob) => {
    const entries = await findFiles(client, commit, glob, context);
    return entries.map(entry => entry.path);
  };

  try {
    const found = await Promise.all([
      ...paths.files.map(path => noneIfMissing(lookUpFile(path))),
      ...paths.globs.map(lookUpGlob),
    ]);
    return [...new Set(found.flat())].sort();
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'ref') {
      throw new StaleHeadError(repository, head);
    }
    throw error;
  }
}

/** Only "No such file or directory" says that there is no file; any other 404 says nothing about it. */
async function noneIfMissing(paths: Promise<string[]>): Promise<string[]> {
  try {
    return await paths;
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'path') {
      return [];
    }
    throw error;
  }
}
