import { InputError, NotFoundError } from '@backstage/errors';
import { isCalled } from '../config/catalogPaths';
import { ScmHost } from '../scm/ScmHost';
import { isNotFoundError } from '../scm/errors';
import { RequestContext, SourceEntry } from '../scm/types';
import { globBelow } from '../scm/urls';
import { Source } from './openSource';

const CATALOG_FILE = /^catalog-info.*\.ya?ml$/i;

/** How far down a file of the same name is looked for, where its folder is not there. */
const SEARCH_DEPTH = 4;

const SHOWN_FILES = 3;

/** Rows of a page, which is all that is read. */
const MAX_ROWS = 100;

/** Lists with one request each. A folder that is not there is `undefined`. */
export function listAlike(
  host: ScmHost,
  { repository, files }: Source,
  context: RequestContext,
) {
  return async (folder: string, stem: string, maxDepth: number) => {
    const at = { fullName: repository.fullName, hash: files.commit };
    const rows: SourceEntry[] = [];
    try {
      for await (const row of host.listFolder(
        at,
        folder,
        { maxDepth, contains: stem },
        context,
      )) {
        rows.push(row);
        if (rows.length === MAX_ROWS) {
          break;
        }
      }
      return rows;
    } catch (error) {
      if (isNotFoundError(error) && error.missing === 'path') {
        return undefined;
      }
      throw error;
    }
  };
}

/**
 * Says why there is no file to read at a path, and what there is instead. Costs
 * two requests at most.
 *
 * @param url - as people may see it
 * @param catalogFileNames - what catalog files are called: no others are suggested, since
 * what else is in a repository is not for everybody who may register a location
 */
export async function explainNoFile(
  url: string,
  source: Source,
  list: ReturnType<typeof listAlike>,
  catalogFileNames: readonly string[],
): Promise<Error> {
  const { path, urlOf } = source;
  const folder = path.slice(0, Math.max(path.lastIndexOf('/'), 0));
  const name = nameOf(path);

  if (path === '') {
    const entries = (await list('', 'catalog-info', 1)) ?? [];
    return noFolder(url, 'a repository', '', entries, urlOf);
  }
  const beside = await list(folder, stemOf(name), 1);
  const found = beside?.find(entry => entry.path === path);
  if (found?.type === 'directory') {
    const entries = (await list(path, 'catalog-info', 1)) ?? [];
    return noFolder(url, 'a folder', path, entries, urlOf);
  }
  if (found) {
    return new InputError(
      `${url} is a symbolic link or a submodule, which is not followed. Use the URL of the file that it leads to.`,
    );
  }
  const missing = plainMiss(source);
  if (beside) {
    return new NotFoundError(`${missing}${didYouMean(alike(beside, name))}`);
  }
  const elsewhere = (await list('', stemOf(name), SEARCH_DEPTH)) ?? [];
  return new NotFoundError(
    `${missing}, nor a folder ${folder}${didYouMean(alike(elsewhere, name))}`,
  );

  function didYouMean(paths: string[]): string {
    const suggested = paths
      .filter(
        one =>
          CATALOG_FILE.test(nameOf(one)) ||
          isCalled(nameOf(one), catalogFileNames),
      )
      .slice(0, SHOWN_FILES)
      .map(urlOf);
    return suggested.length > 0
      ? `. Did you mean ${suggested.join(' or ')}?`
      : '';
  }
}

/** The message about a missing file, without suggestions. */
export function plainMiss({ repository, ref, path }: Source): string {
  return noFile(repository.fullName, ref, path);
}

function noFolder(
  url: string,
  what: string,
  folder: string,
  entries: SourceEntry[],
  urlOf: (path: string) => string,
): InputError {
  const paths = entries
    .filter(
      ({ type, path }) => type === 'file' && CATALOG_FILE.test(nameOf(path)),
    )
    .map(({ path }) => path)
    .sort();
  const anywhere = globBelow(urlOf(folder), 'catalog-info.yaml');
  return new InputError(
    paths.length > 0
      ? `${url} is ${what}, not a file. Use the URL of its catalog file: ${paths.slice(0, SHOWN_FILES).map(urlOf).join(' or ')}`
      : `${url} is ${what}, not a file, and there is no catalog-info.yaml in it. Use the URL of a file, or find files below it: ${anywhere}`,
  );
}

/** Paths of files whose names differ in case or extension at most. */
function alike(entries: SourceEntry[], name: string): string[] {
  const wanted = stemOf(name).toLowerCase();
  return entries
    .filter(
      ({ type, path }) =>
        type === 'file' && stemOf(nameOf(path)).toLowerCase() === wanted,
    )
    .map(({ path }) => path)
    .sort();
}

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** A name without its extension. */
function stemOf(name: string): string {
  return name.replace(/(?<=.)\.[^.]*$/, '');
}

/* What is missing, in the words that errors begin with. */

export function noRepository(fullName: string): string {
  return `There is no repository ${fullName}`;
}

export function noRef(fullName: string, ref: string): string {
  return `${fullName} has no branch, tag or commit ${ref}`;
}

export function noFile(fullName: string, ref: string, path: string): string {
  return `There is no file ${path} on ${ref} in ${fullName}`;
}
