import type { Schema } from 'bitbucket';
import type { SimulatorContext } from '../context';
import type { Commit, SimulatedRepository, TreeEntry } from '../world';
import { commitReference } from './commit';
import { link, repositoryLink } from './links';

export function treeEntryBody(
  context: SimulatorContext,
  repository: SimulatedRepository,
  commit: Commit,
  { path, file }: TreeEntry,
): Schema.Treeentry {
  const { href } = repositoryLink(
    context,
    repository,
    'src',
    commit.hash,
    path,
  );
  const self = file || path === '' ? href : `${href}/`;
  const entry = {
    path,
    commit: commitReference(context, repository, commit),
    links: { self: link(self), meta: link(`${self}?format=meta`) },
  };
  if (!file) {
    return { ...entry, type: 'commit_directory' };
  }
  return {
    ...entry,
    type: 'commit_file',
    escaped_path: path,
    size: file.content.length,
    attributes: file.attributes,
    mimetype: null,
  };
}
