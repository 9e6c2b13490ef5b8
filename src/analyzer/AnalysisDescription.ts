import { LoggerService } from '@backstage/backend-plugin-api';
import { InputError, toError } from '@backstage/errors';
import { CatalogTables } from '../catalog-tables/CatalogTables';
import { readLocationUrls } from '../catalog-tables/refreshKeys';
import { createPathGlob } from '../lib/globs';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { Repository } from '../scm/types';
import {
  encodeUrlPath,
  HEAD,
  RepositoryUrl,
  ScmUrls,
  withoutUser,
} from '../scm/urls';
import { ReadFile } from './catalogFiles';
import { Analysis, CatalogRules, ExistingEntity } from './catalogRules';

/** Most files that are read for one analysis, each of which takes a request. */
export const MAX_FILES = 50;

/** Most URLs that are listed of those that are left out. */
const MAX_LISTED = 1_000;

/** What there is at a URL. */
export type Found = {
  /** As many as are read. */
  files: ReadFile[];
  /** The URLs of the other files, and a URL that finds all. */
  leftOut: { urls: string[]; glob: string };
};

/** What is analysed. */
type Analysed = {
  /** As it was entered. */
  url: string;
  repository: Repository;
  /** The name of the repository in the URL, in lower case. */
  writtenName: string;
};

/**
 * Describes the catalog files of an analysis to the catalog: their entities that
 * `catalog.rules` allows, and whether the catalog reads each file already.
 */
export class AnalysisDescription {
  readonly #index: WorkspaceIndex;
  readonly #rules: CatalogRules;
  readonly #logger: LoggerService;

  constructor(options: {
    index: WorkspaceIndex;
    rules: CatalogRules;
    logger: LoggerService;
  }) {
    this.#index = options.index;
    this.#rules = options.rules;
    this.#logger = options.logger;
  }

  /**
   * @throws InputError when there is no entity of a kind that `catalog.rules` allows
   */
  async describe(
    analysed: Analysed,
    { files, leftOut }: Found,
  ): Promise<Analysis['existing']> {
    const { url, repository, writtenName } = analysed;
    if (files.length === 0 && leftOut.urls.length === 0) {
      return [];
    }
    // What is registered is a file, under this URL or another, or a glob that finds it.
    const allowed = files.flatMap(file =>
      file.entities
        .filter(entity => this.#rules.allows(entity, [file.url, url]))
        .map(entity => ({ target: file.url, entity })),
    );
    if (allowed.length === 0 && leftOut.urls.length === 0) {
      throw new InputError(
        `${withoutUser(url)} describes no entity of a kind that catalog.rules allows`,
      );
    }
    const isLocated = await this.#locatedFiles(repository, writtenName);
    const existing = allowed.map(({ target, entity }) => ({
      location: { type: 'url', target },
      isRegistered: isLocated(target),
      entity,
    }));
    if (leftOut.urls.length === 0) {
      return existing;
    }
    const isRegistered = leftOut.urls.every(isLocated);
    return [
      ...existing,
      describeLeftOut(leftOut.urls, { glob: leftOut.glob, isRegistered }),
    ];
  }

  async #locatedFiles(
    { uuid, fullName, mainBranch }: Repository,
    writtenName: string,
  ): Promise<(url: string) => boolean> {
    const names = await this.#index.repositories.namesOf(uuid);
    const fullNames = [fullName, ...names].map(name => name.toLowerCase());
    try {
      return await readLocatedFiles(this.#index.catalog, {
        uuid,
        mainBranch: mainBranch?.name,
        fullNames: [...new Set([writtenName, ...fullNames])],
      });
    } catch (error) {
      // Registering a file once more does no harm.
      this.#logger.warn(
        `Could not read which files of ${fullName} are registered, so all are shown as not registered: ${toError(error).message}`,
      );
      return () => false;
    }
  }
}

/**
 * What an analysis says of the files that it has not read: a Location that lists them, and
 * at whose URL all are found. The answer has no other place for it.
 *
 * @param urls - at least one
 * @param glob - finds the files that are left out, and the others too
 */
function describeLeftOut(
  urls: string[],
  options: { glob: string; isRegistered: boolean },
): ExistingEntity {
  const glob = withoutUser(options.glob);
  const count = urls.length.toLocaleString('en-US');
  return {
    location: { type: 'url', target: glob },
    isRegistered: options.isRegistered,
    entity: {
      apiVersion: 'backstage.io/v1alpha1',
      kind: 'Location',
      metadata: {
        name: 'left-out-of-this-analysis',
        description: `${count} more catalog files are left out, since an analysis reads ${MAX_FILES} at most. spec.targets lists ${urls.length > MAX_LISTED ? `the first ${MAX_LISTED} of them` : 'them'}. To import all of them, register ${glob}, or analyse one folder at a time.`,
      },
      spec: { type: 'url', targets: urls.slice(0, MAX_LISTED) },
    },
  };
}

/** A repository, by all that a URL may call it. */
type KnownAs = {
  /** In lower case: what it is called, and was called before. */
  fullNames: string[];
  uuid: string;
  /** What `HEAD` means in a URL. */
  mainBranch?: string;
};

/**
 * Finds which files of a repository the catalog reads, under whatever spelling of the
 * URL: someone has registered them or a glob that finds them, or they come from a
 * provider, from the configuration or from another file.
 *
 * @returns whether the catalog reads the file at a URL
 */
export async function readLocatedFiles(
  tables: CatalogTables,
  repository: KnownAs,
): Promise<(url: string) => boolean> {
  const { urls } = tables;
  const { fullNames, uuid } = repository;
  const texts = urls.mentions({ fullNames, id: uuid });
  const located = (await readLocationUrls(tables, texts))
    .flatMap(target => parseOrNone(urls, target))
    .filter(url => isOf(url, repository))
    .map(url => withRef(url, repository));
  const places = new Set(
    located.filter(({ pattern }) => !pattern).map(placeOf),
  );
  const globs = located.flatMap(toGlob);
  return url => {
    const place = placeOf(withRef(urls.parse(url), repository));
    return (
      places.has(place) ||
      globs.some(({ matches }) => matches(encodeUrlPath(place)))
    );
  };
}

function parseOrNone(urls: ScmUrls, target: string): RepositoryUrl[] {
  try {
    return [urls.parse(target)];
  } catch {
    return [];
  }
}

function isOf(url: RepositoryUrl, { fullNames, uuid }: KnownAs): boolean {
  const fullName = url.fullName.toLowerCase();
  return (
    fullNames.includes(fullName) ||
    (url.isById && fullName.endsWith(uuid.toLowerCase()))
  );
}

function withRef(url: RepositoryUrl, { mainBranch }: KnownAs): RepositoryUrl {
  return url.at === HEAD ? { ...url, at: mainBranch } : url;
}

/** Ref and path, decoded: the same however a URL spells them. */
function placeOf({ at, segments }: RepositoryUrl): string {
  return [...(at === undefined ? [] : [at]), ...segments].join('/');
}

function toGlob({ at, pattern }: RepositoryUrl) {
  if (!pattern) {
    return [];
  }
  const ref = at === undefined ? [] : [encodeUrlPath(at)];
  const written = [...ref, ...pattern].join('/');
  return [createPathGlob(written.replaceAll('%2F', '/'))];
}
