import { BitbucketClient, RequestContext } from '../bitbucket';
import { fetchFile } from './fetchFile';
import { IndexedFile } from './fileRows';
import { Commit } from './files';
import { ContentStore } from './ContentStore';
import { hashOf } from './hash';

/** Reads a file of a commit and keeps its content. */
export async function keepFile(
  client: BitbucketClient,
  contents: ContentStore,
  commit: Commit,
  path: string,
  context: RequestContext,
): Promise<IndexedFile> {
  const { content, ...file } = await fetchFile(client, commit, path, context);
  if (!content) {
    return file;
  }
  const hash = hashOf(content);
  await contents.save(hash, content);
  return { ...file, hash };
}
