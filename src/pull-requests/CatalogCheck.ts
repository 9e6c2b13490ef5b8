import { Repository, RequestContext } from '../scm/types';
import { isSameCommit, PullRequestFiles } from '../scm/pullRequests';
import { DivergedFiles } from './DivergedFiles';
import { checkFiles } from './checks/checkFiles';
import { TouchedFile } from './checks/checkRequest';
import { CheckResult, Finding } from './checkResult';
import { loadCatalogFiles, relevantFiles } from './relevantFiles';
import { count } from './resultText';
import { RunFiles } from './RunFiles';
import { RunRequest, RunTools } from './RunTools';

/** More files of a pull request are not checked, so that one costs no more than so many requests. */
const MAX_FILES = 25;

/** The catalog files of a pull request: finds out which it touches, and checks them. */
export class CatalogCheck {
  readonly #tools: RunTools;
  readonly #request: RunRequest;
  readonly #repository: Repository;
  readonly #files: RunFiles;
  readonly #context: RequestContext & { signal: AbortSignal };
  #listed: PullRequestFiles = { files: [], isComplete: true };
  #touched: TouchedFile[] = [];

  constructor(
    tools: RunTools,
    request: RunRequest,
    options: {
      files: RunFiles;
      context: RequestContext & { signal: AbortSignal };
    },
  ) {
    this.#tools = tools;
    this.#request = request;
    this.#repository = request.repository;
    this.#files = options.files;
    this.#context = options.context;
  }

  /**
   * Finds the files. One request, and a few more for a pull request with many files.
   *
   * @returns whether there are any; `of another head` where the host lists another one
   */
  async findFiles(): Promise<'relevant' | 'irrelevant' | 'of another head'> {
    const { api, index, providers } = this.#tools;
    const { record, event } = this.#request.run;
    const { pullRequest } = event;
    const catalog = await loadCatalogFiles(
      index,
      providers,
      this.#repository,
      pullRequest.destination.branch,
    );
    const listed = await api.listFiles(
      this.#repository,
      pullRequest,
      this.#context,
      catalog.paths,
    );
    const { files, head, isComplete, isFiltered } = listed;
    if (head !== undefined && !isSameCommit(head, pullRequest.source.commit)) {
      return 'of another head';
    }
    this.#listed = listed;
    record.head = head ?? record.head;
    record.touchedFiles = isComplete && !isFiltered ? files.length : undefined;
    this.#touched = relevantFiles(files, catalog);
    return this.#touched.length > 0 ? 'relevant' : 'irrelevant';
  }

  /** What was not looked into, for people. */
  get note(): string | undefined {
    const { files, isComplete } = this.#listed;
    return isComplete
      ? undefined
      : `The pull request changes too many files: only the first ${count(files.length, 'file')} were looked at, and catalog files among the others were not checked.`;
  }

  /** Checks the files that were found. */
  async check(): Promise<CheckResult> {
    const { index, catalog, credentials, now } = this.#tools;
    const { run, config } = this.#request;
    const { record, event } = run;
    const { fullName } = this.#repository;
    const isPrivate = await this.#files.isPrivate();
    const all = this.#touched.filter(({ isForTargets }) => !isForTargets);
    const checked = all.slice(0, MAX_FILES);
    const isCut = checked.length < all.length || this.note !== undefined;
    const locations = this.#touched
      .filter(({ isForTargets }) => isForTargets)
      .slice(0, MAX_FILES);
    const added = new Set(
      this.#listed.files.flatMap(({ oldPath, newPath }) =>
        newPath === oldPath ? [] : (newPath ?? []),
      ),
    );
    const diverged = new DivergedFiles({
      host: index.host,
      repository: this.#repository,
      files: this.#files,
      listed: this.#listed,
      context: this.#context,
    });
    const result = await checkFiles(
      {
        repository: { fullName, isPrivate },
        headName: this.#files.headName,
        head: record.head,
        branch: event.pullRequest.destination.branch,
        files: [...checked, ...locations],
        settings: isCut
          ? // What is in the other files is not known.
            { ...config, references: 'off', removals: 'off' }
          : config,
      },
      {
        catalog,
        credentials,
        tables: index.catalog,
        urls: index.host.urls,
        read: (side, path) =>
          this.#files.read(side, path, {
            isListed: checked.some(
              file => file.isTouched && file.path === path,
            ),
            isAdded: added.has(path),
          }),
        find: pattern => this.#files.find(pattern),
        changedOnBranch: paths => diverged.find(paths),
        signal: this.#context.signal,
        now,
      },
    );
    const cut =
      checked.length < all.length
        ? `This pull request touches ${all.length} catalog files, of which the first ${MAX_FILES} were checked. Split it to have all of them checked.`
        : undefined;
    const notes = [cut, this.note].filter(note => note !== undefined);
    return {
      ...result,
      findings: [...result.findings, ...notes.map(toNote)],
      plan: isCut
        ? result.plan.filter(({ action }) => action !== 'remove')
        : result.plan,
    };
  }
}

function toNote(message: string): Finding {
  return { rule: 'unchecked', severity: 'note', rejects: 'nothing', message };
}
