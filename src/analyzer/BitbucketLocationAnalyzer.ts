import { LoggerService, UrlReaderService } from '@backstage/backend-plugin-api';
import { InputError, isError, NotFoundError } from '@backstage/errors';
import {
  AnalyzeOptions,
  ScmLocationAnalyzer,
} from '@backstage/plugin-catalog-node';
import { withPurpose } from '../http/allowance';
import { RepositoryFound } from '../mirror/RepositoryLookup';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import {
  isForbiddenError,
  isNotFoundError,
  isUnauthorizedError,
} from '../scm/errors';
import { Repository } from '../scm/types';
import { globBelow, RepositoryUrl, ScmUrls, withoutUser } from '../scm/urls';
import { AnalysisDescription, Found, MAX_FILES } from './AnalysisDescription';
import {
  CatalogNames,
  findFolder,
  importUrl,
  nameOf,
  readFiles,
} from './catalogFiles';
import { Analysis, CatalogRules } from './catalogRules';

/** Where the software catalog's documentation tells people to put entities. */
const DEFAULT_FILENAME = 'catalog-info.yaml';

/** Where a provider looks for catalog files. */
type ProviderPaths = { workspace: string; catalogPaths: string[] };

const NOTHING: Found = { files: [], leftOut: { urls: [], glob: '' } };

/**
 * Tells the catalog which catalog files there are at a URL of the host, for
 * its endpoint `analyze-location`: in a repository, in a folder and below it, those
 * that a glob finds, or the one file. Where there are none, the catalog suggests an
 * entity by itself.
 *
 * Any signed-in user may ask, also about repositories that they cannot read. So only
 * catalog files are read, and only entities shown that the catalog would take.
 *
 * A repository costs at most three requests with one catalog file, and one for each
 * file more; less for what the mirror has.
 */
export class BitbucketLocationAnalyzer implements ScmLocationAnalyzer {
  readonly #index: WorkspaceIndex;
  readonly #reader: UrlReaderService;
  readonly #providers: ProviderPaths[];
  readonly #catalogFilename: string;
  readonly #names: readonly string[];
  readonly #description: AnalysisDescription;
  readonly #logger: LoggerService;

  constructor(options: {
    index: WorkspaceIndex;
    /** Reads files as the catalog will, and says what is wrong with a URL. */
    reader: UrlReaderService;
    /** Their `catalogPath` are looked for too. */
    providers: ProviderPaths[];
    /** What catalog files are called first of all. Default: `catalog-info.yaml`. */
    catalogFilename?: string;
    /** All that catalog files may be called. */
    names: readonly string[];
    rules: CatalogRules;
    logger: LoggerService;
  }) {
    this.#index = options.index;
    this.#reader = options.reader;
    this.#providers = options.providers;
    this.#catalogFilename = options.catalogFilename ?? DEFAULT_FILENAME;
    this.#names = options.names;
    this.#description = new AnalysisDescription(options);
    this.#logger = options.logger;
  }

  get #urls(): ScmUrls {
    return this.#index.host.urls;
  }

  supports(url: string): boolean {
    return URL.canParse(url) && this.#urls.matches(new URL(url));
  }

  /**
   * @throws InputError for a URL that is refused, or files that hold no entity;
   * NotFoundError where a part of the URL does not exist
   */
  analyze({ url }: AnalyzeOptions): Promise<Analysis> {
    return withPurpose('interactive', () => this.#analyze(url));
  }

  async #analyze(url: string): Promise<Analysis> {
    const parsed = this.#urls.parse(url);
    const writtenName = parsed.fullName.toLowerCase();
    if (isFile(parsed) && !this.#namesFor(parsed).mayBeAt(parsed)) {
      throw this.#namesFor(parsed).refusal(url);
    }
    this.#index.refetch.noteEntered(this.#urls.place(parsed));
    try {
      const repositoryFound = await this.#find(writtenName);
      const { repository } = repositoryFound;
      const found = isFile(parsed)
        ? await this.#readFiles(
            url,
            this.#namesFor(parsed, repository),
            repository,
          )
        : await this.#readFolder(url, parsed, repositoryFound);
      return {
        existing: await this.#description.describe(
          { url, repository, writtenName },
          found,
        ),
      };
    } catch (error) {
      if (isNotFoundError(error)) {
        // The reader says which part is missing, and what exists near it.
        await this.#reader.readUrl(url);
      }
      if (isUnauthorizedError(error) || isForbiddenError(error)) {
        // Bitbucket refuses the credential of the backend, not the user.
        throw new InputError(
          `${withoutUser(url)} cannot be read. ${error.message}`,
        );
      }
      throw error;
    }
  }

  /**
   * Asks for one by itself that nothing is known of, or not what its default branch is.
   * This takes one request.
   */
  async #find(fullName: string): Promise<RepositoryFound> {
    const { repositories } = this.#index;
    const known = await repositories.byName(fullName);
    const refetch = known?.repository.mainBranch === undefined;
    return repositories.lookUp(fullName, {}, { refetch });
  }

  /** The file at a URL, or those that it finds. */
  async #readFiles(
    url: string,
    names: CatalogNames,
    repository: Repository,
  ): Promise<Found> {
    const { files } = await this.#reader.search(url);
    const wanted = files.filter(file =>
      names.has(pathOf(this.#urls.parse(file.url))),
    );
    if (wanted.length < files.length && wanted.length === 0) {
      throw names.refusal(url);
    }
    return this.#readSome(
      wanted.map(file => ({
        url: this.#importUrl(file.url, repository),
        read: file.content,
      })),
      url,
    );
  }

  /** The URL of a file that was read, as it is imported. */
  #importUrl(url: string, repository: Repository): string {
    const parsed = this.#urls.parse(url);
    const { at: ref } = parsed;
    return this.#urls.refPlace === 'query' && ref !== undefined
      ? importUrl(this.#urls, parsed, repository, { ref, path: pathOf(parsed) })
      : url;
  }

  async #readSome(
    files: { url: string; read: () => Promise<Buffer> }[],
    glob: string,
  ): Promise<Found> {
    return {
      files: await readFiles(files.slice(0, MAX_FILES), this.#logger),
      leftOut: { urls: files.slice(MAX_FILES).map(file => file.url), glob },
    };
  }

  async #readFolder(
    url: string,
    parsed: RepositoryUrl,
    found: RepositoryFound,
  ): Promise<Found> {
    const { repositories, refetch } = this.#index;
    const folder = await refetch.lookUp(
      { url, place: this.#urls.place(parsed) },
      async stale => {
        const isAgain = stale !== undefined;
        const { repository, isCached } = isAgain
          ? await repositories.lookUp(parsed.fullName, {}, { refetch: true })
          : found;
        const inFolder = await findFolder(this.#index, repository, parsed, {
          patterns: this.#patterns(parsed, repository),
          isAgain,
        });
        return inFolder && inFolder.urls.length > 0
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
    if (!folder) {
      // The reader says that there is no such branch.
      await this.#reader.readUrl(url);
      return NOTHING;
    }
    const { urls } = folder;
    if (!folder.isFolder) {
      const names = this.#namesFor(parsed, found.repository).inWords();
      await this.#expectFolder(
        url,
        `There is no folder ${folder.place}, and only files with the name of a catalog file are analysed: ${names}`,
      );
      return NOTHING;
    }
    const read = async (fileUrl: string) => {
      const { buffer } = await this.#reader.readUrl(fileUrl);
      return buffer();
    };
    return this.#readSome(
      urls.map(fileUrl => ({ url: fileUrl, read: () => read(fileUrl) })),
      globBelow(folder.url, nameOf(urls.at(-1) ?? DEFAULT_FILENAME)),
    );
  }

  /**
   * Lets a folder without catalog files pass. It makes no difference whether there is a
   * file instead, since its name is for those alone who may read the repository.
   */
  async #expectFolder(url: string, problem: string): Promise<void> {
    try {
      await this.#reader.readUrl(url);
    } catch (error) {
      if (isError(error) && error.name === 'InputError') {
        return;
      }
      if (!isError(error) || error.name !== 'NotFoundError') {
        throw error;
      }
    }
    throw new NotFoundError(problem);
  }

  #namesFor(url: RepositoryUrl, repository?: Repository): CatalogNames {
    return new CatalogNames(this.#names, this.#patterns(url, repository));
  }

  #patterns({ fullName }: RepositoryUrl, repository?: Repository): string[] {
    const names = [fullName, ...(repository ? [repository.fullName] : [])].map(
      name => this.#index.host.workspaceOf(name).toLowerCase(),
    );
    const ofProviders = this.#providers
      .filter(provider => {
        const name = provider.workspace.toLowerCase();
        return name.startsWith('{') || names.includes(name);
      })
      .flatMap(({ catalogPaths }) => catalogPaths);
    return [
      ...new Set([DEFAULT_FILENAME, this.#catalogFilename, ...ofProviders]),
    ];
  }
}

/** A file's path, from the URL by which the reader calls it. */
function pathOf({ at, segments }: RepositoryUrl): string {
  return segments.slice(at === undefined ? 1 : 0).join('/');
}

/** Whether a URL names a file, as far as it alone tells, or a glob. */
function isFile({ segments, pattern }: RepositoryUrl): boolean {
  return pattern !== undefined || /\.ya?ml$/i.test(segments.at(-1) ?? '');
}
