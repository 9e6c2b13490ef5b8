import { createHash } from 'node:crypto';
import { DiffSide, FileDiff, SimulatedFile } from '../../world';

const TYPES = {
  added: 'ADD',
  removed: 'DELETE',
  modified: 'MODIFY',
  renamed: 'MOVE',
} as const;

/** The id of no content: of a file that is not there yet, or not any more. */
const NO_CONTENT = '0'.repeat(40);

export function changeBody({ status, old, new: now }: FileDiff) {
  const side = (now ?? old) as DiffSide;
  return {
    contentId: now ? blobOf(now.file) : NO_CONTENT,
    fromContentId: old ? blobOf(old.file) : NO_CONTENT,
    path: pathBody(side.path),
    executable: isExecutable(side.file),
    percentUnchanged: status === 'renamed' ? 100 : -1,
    type: TYPES[status],
    nodeType: nodeTypeOf(side.file),
    ...(status === 'renamed' && old
      ? { srcPath: pathBody(old.path), srcExecutable: isExecutable(old.file) }
      : {}),
    properties: { gitChangeType: TYPES[status] },
  };
}

/** The name that git gives to a content. */
function blobOf({ content }: SimulatedFile): string {
  return createHash('sha1')
    .update(`blob ${content.length}\0`)
    .update(content)
    .digest('hex');
}

export const nodeTypeOf = ({ attributes }: SimulatedFile) =>
  attributes.includes('subrepository') ? 'SUBMODULE' : 'FILE';

const isExecutable = ({ attributes }: SimulatedFile) =>
  attributes.includes('executable');

export function pathBody(path: string) {
  const components = path === '' ? [] : path.split('/');
  const name = components.at(-1) ?? '';
  const dot = name.lastIndexOf('.');
  return {
    components,
    parent: components.slice(0, -1).join('/'),
    name,
    ...(dot > 0 ? { extension: name.slice(dot + 1) } : {}),
    toString: path,
  };
}
