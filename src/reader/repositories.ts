import { BitbucketClient } from '../bitbucket';
import { findLongestRef, UncachedFiles, WorkspaceIndex } from '../workspace';
import { Repositories } from './source';

/** Repositories as the index knows them, which asks Bitbucket for the rest. */
export function indexedRepositories(index: WorkspaceIndex): Repositories {
  return {
    find: (...args) => index.repositories.lookUp(...args),
    openLongest: (...args) => index.files.lookUpRef(...args),
  };
}

/**
 * Repositories as Bitbucket shows them to a token of the reader's own, which may
 * see more than the index is to know, or less than it knows.
 */
export function directRepositories(client: BitbucketClient): Repositories {
  return {
    async find(workspace, slug, context) {
      const repository = await client.getRepository(workspace, slug, context);
      return { repository, isCached: false };
    },
    async openLongest(repository, names, context) {
      const found = await findLongestRef(client, repository, names, context);
      const opened = found && {
        ref: found.name,
        files: new UncachedFiles(client, repository, found.hash),
      };
      return { opened, source: 'bitbucket' };
    },
  };
}
