import { BitbucketClient, RequestContext } from '../bitbucket';
import { fetchFile } from './fetchFile';
import { IndexedFile } from './fileRows';
import { Commit } from './files';
import { FileStore } from './FileStore';
import { hashOf } from './hash';

/**
 * What is larger is not kept, and read anew each time that someone wants it. Files
 * that describe entities are a few kilobytes; definitions of APIs may be more.
 */
const MAX_KEPT_BYTES = 4 * 1024 * 1024;

/** Reads a file of a commit and keeps its content. */
export async function keepFile(
  client: BitbucketClient,
  store: FileStore,
  commit: Commit,
  path: string,
  context: RequestContext,
): Promise<IndexedFile> {
  const { content, ...file } = await fetchFile(client, commit, path, context);
  if (!content || content.length > MAX_KEPT_BYTES) {
    return file;
  }
  const hash = hashOf(content);
  await store.saveContent(hash, content);
  return { ...file, hash };
}
