import { LoggerService } from '@backstage/backend-plugin-api';
import { InputError, isError } from '@backstage/errors';
import { parseEntityYaml } from '@backstage/plugin-catalog-node';
import { isCalled } from '../config/catalogPaths';
import { createPathGlob, isGlob, mergeGlobs, PathGlob } from '../lib/globs';
import { CommitFiles, LookupOptions } from '../mirror/CommitFiles';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { atHead } from '../mirror/heads';
import { Repository, RequestContext } from '../scm/types';
import {
  besideUrl,
  HEAD,
  refNames,
  RepositoryUrl,
  ScmUrls,
  withoutUser,
} from '../scm/urls';
import { Entity } from './catalogRules';

/**
 * The paths of the catalog files in a folder and below it, sorted.
 *
 * Costs one listing, however many names catalog files may have, if the mirror does
 * not know; and one for each name with a wildcard in it.
 *
 * @param folder - without slashes at its ends; empty for the root
 * @param patterns - as in `catalogPath`: `/catalog-info.yaml` lies at the root,
 * `catalog-info.yaml` in any folder. At least one
 */
export async function findCatalogFiles(
  files: CommitFiles,
  folder: string,
  patterns: string[],
  context: RequestContext,
  options?: LookupOptions,
): Promise<string[]> {
  const below = folder && `${folder}/`;
  const wanted = patterns.map(anchor).map(createPathGlob);
  const found = new Set<string>();
  for (const glob of toQuestions(wanted, below)) {
    for (const path of await files.find(glob, context, options)) {
      if (
        path.startsWith(below) &&
        wanted.some(({ matches }) => matches(path))
      ) {
        found.add(path);
      }
    }
  }
  return [...found].sort();
}

/** Relative to the root, as in `catalogPath`. */
function anchor(pattern: string): string {
  return pattern.startsWith('/') ? pattern.slice(1) : `**/${pattern}`;
}

/**
 * Names are asked for wherever they are, since one listing then has them all; what
 * has a wildcard for a name would take pages of other files.
 */
function toQuestions(wanted: PathGlob[], below: string): PathGlob[] {
  const isNamed = ({ pattern }: PathGlob) => !isGlob(nameOf(pattern));
  const names = new Set(
    wanted.filter(isNamed).map(({ pattern }) => nameOf(pattern)),
  );
  const anywhere = [...names]
    .sort()
    .map(name => createPathGlob(`${below}**/${name}`));
  return [
    ...(anywhere.length > 0 ? [mergeGlobs(anywhere)] : []),
    ...wanted.filter(glob => !isNamed(glob)),
  ];
}

/** What may be a folder. */
type FolderFound = {
  /** Whether it is known to be one. */
  isFolder: boolean;
  /** For people. */
  place: string;
  url: string;
  /** Of the catalog files in it and below it. */
  urls: string[];
};

/**
 * The folder at a URL, and the catalog files in it; undefined where there is no such
 * branch. The ref is the longest that the URL can mean, as for the URL reader; the main
 * branch where the URL names none.
 *
 * @param patterns - where catalog files may lie, as in `catalogPath`
 * @param isAgain - whether Bitbucket is asked where the mirror knows of none, and for a
 * head that did not come with the repository
 */
export async function findFolder(
  { host, files: index }: WorkspaceIndex,
  repository: Repository,
  url: RepositoryUrl,
  { patterns, isAgain }: { patterns: string[]; isAgain: boolean },
): Promise<FolderFound | undefined> {
  const { at, segments } = url;
  const { fullName, mainBranch } = repository;
  const isMain = at === HEAD || (at === undefined && segments.length === 0);
  if (isMain && !mainBranch) {
    return { isFolder: true, place: '', url: '', urls: [] };
  }
  const given = isMain ? mainBranch?.name : at;
  const names = given === undefined ? refNames(url) : [given];
  const hasHead = mainBranch?.hash && names.includes(mainBranch.name);
  return atHead(async ({ refetch }) => {
    const options = { refetch: refetch || (isAgain && !hasHead) };
    const found = await index.openLongest(repository, names, {}, options);
    if (!found) {
      return undefined;
    }
    const { ref, files } = found;
    const from = given === undefined ? names.indexOf(ref) + 1 : 0;
    const path = segments.slice(from).join('/');
    let paths = await findCatalogFiles(files, path, patterns, {});
    if (paths.length === 0 && isAgain) {
      const again = { refetch: true };
      paths = await findCatalogFiles(files, path, patterns, {}, again);
    }
    const urlOf = (file: string) =>
      importUrl(host.urls, url, repository, { ref, path: file });
    return {
      isFolder: path === '' || paths.length > 0,
      place: `${path} on ${ref} in ${fullName}`,
      url: urlOf(path),
      urls: paths.map(urlOf),
    };
  });
}

/**
 * The web address that a catalog file is imported by. It is the one that a provider emits:
 * on the default branch without a ref, where the ref is in the query, however the URL
 * that was entered names it. Otherwise the file would have two Locations.
 */
export function importUrl(
  urls: Pick<ScmUrls, 'file' | 'refPlace'>,
  url: Pick<RepositoryUrl, 'query'>,
  { fullName, mainBranch }: Pick<Repository, 'fullName' | 'mainBranch'>,
  { ref, path }: { ref: string; path: string },
): string {
  const isDefault = ref === HEAD || ref === mainBranch?.name;
  const query = isDefault ? undefined : url.query;
  return besideUrl(urls, { query }, { fullName, ref, path });
}

/** What a file is called, or a pattern wants it to be called. */
export function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/**
 * Tells catalog files from others, whose content is not for everybody who may import
 * entities. A file is one by its name, wherever it lies; where a provider looks for
 * `teams/*.yaml`, it has to lie there.
 */
export class CatalogNames {
  readonly #names: readonly string[];
  readonly #patterns: string[];

  /**
   * @param names - what catalog files are called
   * @param patterns - where they may lie, as in `catalogPath`
   */
  constructor(names: readonly string[], patterns: string[]) {
    this.#names = names;
    this.#patterns = patterns.filter(pattern => isGlob(nameOf(pattern)));
  }

  /** Whether a file is one. */
  has(path: string): boolean {
    return (
      isCalled(nameOf(path), this.#names) ||
      this.#patterns.some(pattern =>
        createPathGlob(anchor(pattern)).matches(path),
      )
    );
  }

  /** Whether a URL, of a file or with wildcards, may lead to one. */
  mayBeAt({ segments, pattern }: RepositoryUrl): boolean {
    const name = segments.at(-1) ?? '';
    return (
      isGlob(pattern?.at(-1) ?? '') ||
      isCalled(name, this.#names) ||
      this.#patterns.some(one => createPathGlob(nameOf(one)).matches(name))
    );
  }

  /** Why a URL is not analysed, whether or not there is such a file. */
  refusal(url: string): InputError {
    return new InputError(
      `${withoutUser(url)} is not analysed, since it does not have the name of a catalog file: ${this.inWords()}. To allow other names, set catalogPath of a provider or catalog.import.entityFilename.`,
    );
  }

  inWords(): string {
    return [...this.#names, ...this.#patterns].join(', ');
  }
}

/** What a catalog file says, and what is wrong with it. */
type Documents = {
  entities: Entity[];
  /** Of the first document that is not an entity, if there is one. Names the URL. */
  problem?: string;
};

/** What the catalog takes for a name. */
const NAME = /^(?=.{1,63}$)[a-z0-9]+([-_.]+[a-z0-9]+)*$/i;

/**
 * Reads the entities of a catalog file. They are as they are written: processors,
 * which add relations and annotations, have not seen them.
 */
export function readEntities(url: string, content: Buffer): Documents {
  const entities: Entity[] = [];
  const problems: string[] = [];
  for (const result of parseEntityYaml(content, { type: 'url', target: url })) {
    if (result.type === 'error') {
      problems.push(result.error.message);
    } else if (result.type === 'entity') {
      const problem = whatIsWrong(result.entity);
      if (problem) {
        problems.push(`${url} ${problem}`);
      } else {
        entities.push(result.entity);
      }
    }
  }
  return { entities, problem: problems[0] };
}

/** The files of a software template are alike, and full of placeholders. */
function whatIsWrong({
  apiVersion,
  kind,
  metadata,
}: Partial<Entity>): string | undefined {
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    return 'describes no entity: it has no apiVersion or no kind';
  }
  if (typeof metadata?.name !== 'string' || !NAME.test(metadata.name)) {
    return 'describes no entity: its metadata.name is not a name';
  }
  return undefined;
}

/** The entities of a file. */
export type ReadFile = { url: string; entities: Entity[] };

/**
 * Reads the entities of some files. Files that hold none, such as those of software
 * templates, are left out.
 *
 * @throws InputError when no file holds an entity, with what is wrong with one; and
 * what reading the only file, or any but for its own fault, throws
 */
export async function readFiles(
  files: { url: string; read: () => Promise<Buffer> }[],
  logger: LoggerService,
): Promise<ReadFile[]> {
  const results = await Promise.all(
    files.map(async ({ url, read }) => {
      const documents = await read().then(
        content => readEntities(url, content),
        error => ({ entities: [], problem: problemOf(error, files.length) }),
      );
      return { url, ...documents };
    }),
  );
  const problems = results.flatMap(({ problem }) => problem ?? []);
  const withEntities = results.filter(({ entities }) => entities.length > 0);
  if (withEntities.length === 0 && problems.length > 0) {
    throw new InputError(problems[0]);
  }
  problems.forEach(problem => logger.debug(`Skipped: ${problem}`));
  return withEntities;
}

/** What is wrong with one file of several; other faults are about all of them. */
function problemOf(error: unknown, count: number): string {
  const names = ['InputError', 'NotFoundError'];
  if (count > 1 && isError(error) && names.includes(error.name)) {
    return error.message;
  }
  throw error;
}
