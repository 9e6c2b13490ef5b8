import { BitbucketClient, RequestContext } from '../bitbucket';
import { fetchFile } from './fetchFile';
import { IndexedFile } from './fileRows';
import { Commit } from './files';
import { FileStore } from './FileStore';
import { hashOf } from './hash';

/** Reads a file of a commit and keeps its content. */
export async function keepFile(
  client: BitbucketClient,
  store: FileStore,
  commit: Commit,
  path: string,
  context: RequestContext,
): Promise<IndexedFile> {
  const { content, ...file } = await fetchFile(client, commit, path, context);
  if (!content) {
    return file;
  }
  const hash = hashOf(content);
  await store.saveContent(hash, content);
  return { ...file, hash };
}
