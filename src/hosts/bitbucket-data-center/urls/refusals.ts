import { InputError } from '@backstage/errors';
import { encodeUrlPath, encodeUrlSegment } from '../../../scm/urls';

/** What stands for what a refused URL does not say. */
const UNKNOWN = {
  project: '{project}',
  repository: '{repository}',
  path: '{path}',
};

/** Refuses what is not a URL of the instance. */
export function refuseOther(url: string, baseUrl: string): InputError {
  return new InputError(
    `${url} is not a URL of ${baseUrl}; write ${form(baseUrl)}`,
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
 * Refuses a page of the instance that is nothing to read, and shows what to write,
 * filled in as far as the URL tells.
 *
 * @param url - as people may see it
 * @param parts - the path below the base URL, decoded
 */
export function refuseOtherPage(
  url: string,
  parts: string[],
  baseUrl: string,
): InputError {
  // What is below `/rest/api/1.0` is the same as on the web.
  const page = parts[0] === 'rest' ? parts.slice(3) : parts;
  const [collection, owner, repos, slug, view, ...rest] = page;
  const isOwned = collection === 'projects' || collection === 'users';
  if (!isOwned || !owner) {
    return new InputError(
      `${url} is not a file, a folder or a repository; write ${form(baseUrl)}`,
    );
  }
  if (!slug || repos !== 'repos') {
    const what = collection === 'users' ? 'user' : 'project';
    return new InputError(
      `${url} is a page of the ${what} ${owner}, which holds repositories and no files. Use the URL of a file in one of its repositories: ${form(baseUrl, { collection, owner })}`,
    );
  }
  const path =
    view === 'browse' || view === 'raw' || view === 'files' ? rest : [];
  return new InputError(
    `${url} is not a file, a folder or a repository; write ${form(baseUrl, { collection, owner, slug, path })}`,
  );
}

function form(
  baseUrl: string,
  known: {
    collection?: string;
    owner?: string;
    slug?: string;
    path?: string[];
  } = {},
): string {
  const { collection = 'projects', owner, slug, path = [] } = known;
  const names = [
    owner ? encodeUrlSegment(owner) : UNKNOWN.project,
    'repos',
    slug ? encodeUrlSegment(slug) : UNKNOWN.repository,
    'browse',
    path.length > 0 ? encodeUrlPath(path.join('/')) : UNKNOWN.path,
  ];
  return `${baseUrl}/${collection}/${names.join('/')}, with ?at=refs/heads/{branch} where it is not the default branch`;
}
