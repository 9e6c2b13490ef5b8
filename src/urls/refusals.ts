import { InputError } from '@backstage/errors';
import { ORIGIN } from './build';
import { encodeSegment } from './encode';
import { describePage } from './pages';

/** What stands for what a refused URL does not say. */
const UNKNOWN = {
  workspace: '{workspace}',
  repository: '{repository}',
  ref: '{branch}',
  path: '{path}',
};

/**
 * Refuses a page of bitbucket.org that is nothing to read, and shows what to
 * write, filled in as far as the URL tells.
 *
 * @param url - as people may see it
 * @param parts - the path of the URL, decoded: workspace, repository, and the rest
 */
export function refuseOtherPage(url: string, parts: string[]): InputError {
  const page = describePage(parts);
  if (page) {
    const { what, instead, place: at } = page;
    const [owner = UNKNOWN.workspace, name = UNKNOWN.repository] = at;
    const names = [owner, name].map(keepPlaceholder).join('/');
    return new InputError(
      `${url} is ${what}. ${instead}: ${ORIGIN}/${names}/src/${UNKNOWN.ref}/${UNKNOWN.path}`,
    );
  }
  const [
    workspace = UNKNOWN.workspace,
    repository = UNKNOWN.repository,
    view = '',
    ...rest
  ] = parts;
  const place = [workspace, repository].map(keepPlaceholder).join('/');
  return new InputError(
    `${url} is not a file, a folder or a repository of Bitbucket Cloud; ` +
      `write ${ORIGIN}/${place}/src/${meantBy(view, rest)}`,
  );
}

/** Refuses a URL with a lone `%`, and shows how to write it. */
export function refuseEncoding(url: string): InputError {
  const repaired = url.replace(/%(?![0-9a-f]{2})/gi, '%25');
  const hint = repaired === url ? '' : `: ${repaired}`;
  return new InputError(
    `${url} has a % that is not part of an encoded character; write it as %25${hint}`,
  );
}

/**
 * Refuses a path in the query of a URL without a branch.
 *
 * @param path - segments, as they are encoded in the URL
 */
export function refuseWithoutRef(
  url: string,
  { workspace, repository }: { workspace: string; repository: string },
  path: string[],
): InputError {
  const place = [workspace, repository].map(keepPlaceholder).join('/');
  return new InputError(
    `${url} does not say on which branch; ` +
      `write ${ORIGIN}/${place}/src/${UNKNOWN.ref}/${path.join('/')}`,
  );
}

/** Refuses what is no URL of Bitbucket Cloud at all. */
export function refuseOther(url: string): InputError {
  const { workspace, repository, ref, path } = UNKNOWN;
  return new InputError(
    `${url} is not a URL of Bitbucket Cloud; ` +
      `write ${ORIGIN}/${workspace}/${repository}/src/${ref}/${path}`,
  );
}

/** Ref and path, as far as a page is about them. */
function meantBy(view: string, rest: string[]): string {
  const { ref, path } = UNKNOWN;
  const [first, ...others] = rest;
  const known = (name: string | undefined, file = path) =>
    `${name ? encodeSegment(name) : ref}/${file}`;
  switch (view) {
    // Views of a file beside its source, and what other hosts call them.
    case 'annotate':
    case 'history-node':
    case 'edit':
    case 'blob':
    case 'tree':
    case 'browse':
      return known(
        first,
        others.length > 0 ? others.map(encodeSegment).join('/') : path,
      );
    case 'branch':
      return known(rest.join('/'));
    case 'commits':
      return known(
        first === 'branch' || first === 'tag' ? others.join('/') : first,
      );
    case 'get':
      return known(rest.join('/').replace(/\.(zip|tar\.gz|tar\.bz2)$/, ''));
    default:
      return known(undefined);
  }
}

function keepPlaceholder(name: string): string {
  return name.startsWith('{') ? name : encodeSegment(name);
}
