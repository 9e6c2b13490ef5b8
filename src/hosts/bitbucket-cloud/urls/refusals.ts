import { InputError } from '@backstage/errors';
import { encodeUrlSegment } from '../../../scm/urls';

/** Where the web pages of Bitbucket Cloud are. */
export const ORIGIN = 'https://bitbucket.org';

/** A page of bitbucket.org without source to read, and what to do about it. */
type Page = {
  /** To follow "… is". */
  what: string;
  /** What to write, before the URL. */
  instead: string;
  /** Workspace and repository, as far as they are known. */
  place: [workspace?: string, repository?: string];
};

/** Whether it is the page of a snippet, which is outside of repositories. */
export function isSnippet(parts: string[]): boolean {
  return parts[0] === 'snippets';
}

/**
 * What people take for the URL of a file: projects, snippets, downloads.
 *
 * @param parts - the path of the URL, decoded
 */
function describePage(parts: string[]): Page | undefined {
  if (isSnippet(parts)) {
    return snippet(parts[1]);
  }
  const [workspace, name, view, ...rest] = parts;
  if (name === 'workspace') {
    switch (view) {
      case 'projects':
        return project(workspace, rest[0]);
      case 'snippets':
        return snippet(workspace);
      default:
        return undefined;
    }
  }
  // An older page of a project: /account/user/{workspace}/projects/{key}.
  if (workspace === 'account' && rest[0] === 'projects') {
    return project(view, rest[1]);
  }
  return view === 'downloads' ? download(workspace, name, rest) : undefined;
}

function project(workspace?: string, key?: string): Page {
  return key
    ? {
        what: `the project ${key}, which holds repositories and no files`,
        instead: 'Use the URL of a file in one of its repositories',
        place: [workspace],
      }
    : {
        what: 'the list of projects, which hold repositories and no files',
        instead: 'Use the URL of a file in a repository',
        place: [workspace],
      };
}

function snippet(workspace?: string): Page {
  return {
    what: 'a snippet, and snippets are not read',
    instead: 'Commit the file to a repository, and use its URL there',
    place: [workspace],
  };
}

function download(
  workspace: string,
  repository: string,
  [file]: string[],
): Page {
  return {
    what: `${file ? 'a download' : 'the list of downloads'} of ${workspace}/${repository}, and downloads are not read`,
    instead: 'Commit the file to the repository, and use its URL there',
    place: [workspace, repository],
  };
}

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
    `${url} does not name a branch; ` +
      `write ${ORIGIN}/${place}/src/${UNKNOWN.ref}/${path.join('/')}`,
  );
}

/** Refuses what is not a URL of Bitbucket Cloud. */
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
    `${name ? encodeUrlSegment(name) : ref}/${file}`;
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
        others.length > 0 ? others.map(encodeUrlSegment).join('/') : path,
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
  return name.startsWith('{') ? name : encodeUrlSegment(name);
}
