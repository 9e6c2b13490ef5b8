import { LoggerService, UrlReaderService } from '@backstage/backend-plugin-api';
import { InputError, isError, toError } from '@backstage/errors';
import {
  AnalyzeOptions,
  ScmLocationAnalyzer,
} from '@backstage/plugin-catalog-node';
import {
  isForbiddenError,
  isNotFoundError,
  isUnauthorizedError,
  Repository,
} from '../bitbucket';
import {
  isBitbucketCloudUrl,
  parseUrl,
  RepositoryUrl,
  HEAD,
  toFileUrl,
  toPlace,
  withoutUser,
} from '../urls';
import { RepositoryFound, WorkspaceIndex } from '../workspace';
import { findCatalogFiles } from './catalogFiles';
import { readLocatedFiles } from './locatedFiles';
import { atFolder } from './openFolder';
import { ReadFile, readFiles } from './readFiles';
import { Analysis } from './types';

/** Where the software catalog's documentation tells people to put entities. */
const DEFAULT_FILENAME = 'catalog-info.yaml';

/** Where a provider looks for catalog files. */
type ProviderPaths = { workspace: string; catalogPaths: string[] };

/**
 * Tells the catalog which catalog files there are at a URL of bitbucket.org, for
 * its endpoint `analyze-location`: in a repository, in a folder and below it, those
 * that a glob finds, or the one file. Where there are none, the catalog suggests an
 * entity by itself.
 *
 * A repository costs at most three requests with one catalog file, and one for each
 * file more; less for what the index knows.
 */
export class BitbucketCloudLocationAnalyzer implements ScmLocationAnalyzer {
  readonly #index: WorkspaceIndex;
  readonly #reader: UrlReaderService;
  readonly #providers: ProviderPaths[];
  readonly #catalogFilename: string;
  readonly #logger: LoggerService;

  constructor(options: {
    index: WorkspaceIndex;
    /** Reads files as the catalog will, and says what is wrong with a URL. */
    reader: UrlReaderService;
    /** Their `catalogPath` are looked for too. */
    providers: ProviderPaths[];
    /** What catalog files are called. Default: `catalog-info.yaml`. */
    catalogFilename?: string;
    logger: LoggerService;
  }) {
    this.#index = options.index;
    this.#reader = options.reader;
    this.#providers = options.providers;
    this.#catalogFilename = options.catalogFilename ?? DEFAULT_FILENAME;
    this.#logger = options.logger;
  }

  supports(url: string): boolean {
    return URL.canParse(url) && isBitbucketCloudUrl(new URL(url));
  }

  /**
   * @throws InputError for a URL that is refused, or files that hold no entity;
   * NotFoundError where a part of the URL does not exist
   */
  async analyze({ url, catalogFilename }: AnalyzeOptions): Promise<Analysis> {
    const parsed = parseUrl(url);
    const writtenName =
      `${parsed.workspace}/${parsed.repository}`.toLowerCase();
    this.#index.refetch.noteEntered(toPlace(parsed));
    try {
      const found = await this.#find(writtenName);
      const files = isFile(parsed)
        ? await this.#readFiles(url)
        : await this.#readFolder(url, parsed, found, catalogFilename);
      const { repository } = found;
      return { existing: await this.#describe(repository, writtenName, files) };
    } catch (error) {
      if (isNotFoundError(error)) {
        // The reader says which part is missing, and what exists near it.
        await this.#reader.readUrl(url);
      }
      if (isUnauthorizedError(error) || isForbiddenError(error)) {
        // It is not the user whom Bitbucket refuses.
        throw new InputError(
          `${withoutUser(url)} cannot be read. ${error.message}`,
        );
      }
      throw error;
    }
  }

  /** Asks for one that nothing is known of by itself, which takes one request. */
  async #find(fullName: string): Promise<RepositoryFound> {
    const { repositories } = this.#index;
    const [workspace, slug] = fullName.split('/');
    if (await repositories.byName(fullName)) {
      return repositories.lookUp(workspace, slug, {});
    }
    const repository = await repositories.ask({ workspace }, slug, {});
    return { repository, isCached: false };
  }

  /** The file at a URL, or those that it finds. */
  async #readFiles(url: string): Promise<ReadFile[]> {
    const { files } = await this.#reader.search(url);
    return readFiles(
      files.map(file => ({ url: file.url, read: file.content })),
      this.#logger,
    );
  }

  async #readFolder(
    url: string,
    parsed: RepositoryUrl,
    found: RepositoryFound,
    catalogFilename: string | undefined,
  ): Promise<ReadFile[]> {
    const { repositories, refetch } = this.#index;
    const { workspace, repository: slug } = parsed;
    const urls = await refetch.lookUp(
      { url, place: toPlace(parsed) },
      async stale => {
        const isAgain = stale !== undefined;
        const { repository, isCached } = isAgain
          ? await repositories.lookUp(workspace, slug, {}, { refetch: true })
          : found;
        const patterns = this.#patterns(repository, parsed, catalogFilename);
        const inFolder = await this.#findUrls(
          parsed,
          repository,
          patterns,
          isAgain,
        );
        return inFolder && inFolder.length > 0
          ? { found: inFolder }
          : {
              stale:
                isCached || repository.mainBranch === undefined
                  ? 'repository'
                  : undefined,
              otherwise: async () => inFolder,
            };
      },
    );
    if (!urls) {
      return this.#readOther(url);
    }
    const read = async (fileUrl: string) => {
      const { buffer } = await this.#reader.readUrl(fileUrl);
      return buffer();
    };
    return readFiles(
      urls.map(fileUrl => ({ url: fileUrl, read: () => read(fileUrl) })),
      this.#logger,
    );
  }

  /**
   * The URLs of the catalog files in a folder; undefined where it may not be one.
   *
   * @param isAgain - whether Bitbucket is asked where the index knows of none
   */
  async #findUrls(
    parsed: RepositoryUrl,
    repository: Repository,
    patterns: string[],
    isAgain: boolean,
  ): Promise<string[] | undefined> {
    const { at, segments } = parsed;
    const isMain = at === HEAD || (at === undefined && segments.length === 0);
    if (isMain && !repository.mainBranch) {
      return [];
    }
    return atFolder(
      this.#index.files,
      repository,
      parsed,
      {},
      async ({ ref, path, files }) => {
        let paths = await findCatalogFiles(files, path, patterns, {});
        if (paths.length === 0 && isAgain) {
          const options = { refetch: true };
          paths = await findCatalogFiles(files, path, patterns, {}, options);
        }
        return path === '' || paths.length > 0
          ? paths.map(file => toFileUrl(repository.fullName, ref, file))
          : undefined;
      },
      isAgain,
    );
  }

  /** What may be a folder without catalog files, a file, or nothing. */
  async #readOther(url: string): Promise<ReadFile[]> {
    try {
      return await this.#readFiles(url);
    } catch (error) {
      if (isError(error) && error.name === 'InputError') {
        return [];
      }
      throw error;
    }
  }

  #patterns(
    { fullName }: Repository,
    { workspace }: RepositoryUrl,
    catalogFilename = this.#catalogFilename,
  ): string[] {
    const names = [workspace.toLowerCase(), fullName.split('/')[0]];
    const ofProviders = this.#providers
      .filter(provider => {
        const name = provider.workspace.toLowerCase();
        return name.startsWith('{') || names.includes(name);
      })
      .flatMap(({ catalogPaths }) => catalogPaths);
    return [...new Set([DEFAULT_FILENAME, catalogFilename, ...ofProviders])];
  }

  async #describe(
    repository: Repository,
    writtenName: string,
    files: ReadFile[],
  ): Promise<Analysis['existing']> {
    if (files.length === 0) {
      return [];
    }
    const isLocated = await this.#locatedFiles(repository, writtenName);
    return files.flatMap(({ url, entities }) =>
      entities.map(entity => ({
        location: { type: 'url', target: url },
        isRegistered: isLocated(url),
        entity,
      })),
    );
  }

  async #locatedFiles(
    { uuid, fullName, mainBranch }: Repository,
    writtenName: string,
  ): Promise<(url: string) => boolean> {
    const names = await this.#index.repositories.namesOf(uuid);
    const fullNames = [fullName, ...names].map(name => name.toLowerCase());
    try {
      return await readLocatedFiles(await this.#index.open(), {
        uuid,
        mainBranch: mainBranch?.name,
        fullNames: [...new Set([writtenName, ...fullNames])],
      });
    } catch (error) {
      // Registering a file once more does no harm.
      this.#logger.warn(
        `The tables of the catalog are not as expected, so that all files of ${fullName} are shown as not registered: ${toError(error).message}`,
      );
      return () => false;
    }
  }
}

/** Whether a URL names a file, as far as it alone tells, or a glob. */
function isFile({ segments, pattern }: RepositoryUrl): boolean {
  return pattern !== undefined || /\.ya?ml$/i.test(segments.at(-1) ?? '');
}
