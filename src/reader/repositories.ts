import { BitbucketClient } from '../bitbucket';
import { DirectFiles, findLongestRef, WorkspaceIndex } from '../workspace';
import { Repositories } from './source';

/** Repositories as the index knows them, which asks Bitbucket for the rest. */
export function indexedRepositories(index: WorkspaceIndex): Repositories {
  return {
    find: (...args) => index.repositories.find(...args),
    openLongest: (...args) => index.files.openLongest(...args),
  };
}

/**
 * Repositories as Bitbucket shows them to a token of the reader's own, which may
 * see more than the index is to know, or less than it knows.
 */
export function directRepositories(client: BitbucketClient): Repositories {
  return {
    find: (...args) => client.getRepository(...args),
    async openLongest(repository, names, context) {
      const found = await findLongestRef(client, repository, names, context);
      return (
        found && {
          ref: found.name,
          files: new DirectFiles(client, repository, found.hash),
        }
      );
    },
  };
}
