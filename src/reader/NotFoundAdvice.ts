import { InputError, NotFoundError } from '@backstage/errors';
import { RecentMap } from '../lib/sharing';
import { ScmHost } from '../scm/ScmHost';
import {
  isBitbucketError,
  NotFoundError as NotFoundAnswer,
} from '../scm/errors';
import { Repository, RequestContext } from '../scm/types';
import { RepositoryUrl } from '../scm/urls';
import { noRef, noRepository } from './nearFiles';
import { explainNoFile, listAlike, plainMiss } from './nearFiles';
import { Source } from './openSource';

/**
 * Says which part of a URL Bitbucket does not have: the workspace, or the
 * repository. What else it answered is passed on.
 *
 * @param withOwnToken - whether a token that came with the read signed the request
 */
export function explainMissing(
  host: ScmHost,
  { fullName }: RepositoryUrl,
  error: NotFoundAnswer,
  { withOwnToken }: { withOwnToken: boolean },
): NotFoundError {
  const { missing, message } = error;
  if (missing === 'workspace') {
    const workspace = host.workspaceOf(fullName);
    return new NotFoundError(
      `There is no ${host.names.workspaceKind} ${workspace}. ${message}`,
    );
  }
  if (missing === 'repository') {
    const why = host.whyInvisible({ withOwnToken });
    return new NotFoundError(
      `${noRepository(fullName)}, or ${why}. ${message}`,
    );
  }
  return new NotFoundError(message);
}

/** Says that a repository has no branch, or that Bitbucket does not say which. */
export function explainEmpty({ fullName, mainBranch }: Repository): InputError {
  return new InputError(
    mainBranch === null
      ? `${fullName} is empty: it has no branch to read from`
      : `Bitbucket does not say which branch of ${fullName} is the main branch; write the branch in the URL`,
  );
}

/** Says that a repository has no such ref, and which branches it has. */
function explainMissingRef(
  { fullName, mainBranch }: Repository,
  ref: string,
  branches: string[],
): NotFoundError {
  const names = nearest(branches, ref, mainBranch?.name);
  const problem = noRef(fullName, ref);
  if (names.length === 0) {
    return new NotFoundError(problem);
  }
  const isAll = names.length === branches.length;
  return new NotFoundError(
    names.length === 1
      ? `${problem}. Its only branch is ${names[0]}`
      : `${problem}. ${isAll ? 'Its branches are' : 'Among its branches are'} ${inWords(names)}`,
  );
}

const SHOWN_BRANCHES = 5;

/** Those first that are called alike, then the main branch. */
function nearest(
  branches: string[],
  ref: string,
  mainBranch: string | undefined,
): string[] {
  const wanted = ref.toLowerCase();
  const isAlike = (name: string) => {
    const own = name.toLowerCase();
    return own.includes(wanted) || wanted.includes(own);
  };
  const rank = (name: string) =>
    (isAlike(name) ? 0 : 2) + (name === mainBranch ? 0 : 1);
  return [...branches]
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .slice(0, SHOWN_BRANCHES);
}

/** @param names - at least two */
function inWords(names: string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

const HOUR_MS = 3_600_000;

/** How many misses of an hour Bitbucket is asked about, so that they cannot use up what reads need. */
const ASKED_PER_HOUR = 30;

/** Without a credential there are 60 requests an hour in all. */
const ASKED_PER_HOUR_ANONYMOUSLY = 5;

/** How many misses are remembered. */
const REMEMBERED = 500;

/** How many branches are looked at for one that was meant. */
const MAX_BRANCHES = 100;

/**
 * Says what is missing, and what exists near it. The answer is remembered for as
 * long as the commit, or the repository, is the same, so that a location that
 * leads nowhere does not cost anything each time that it is read.
 */
export class NotFoundAdvice {
  readonly #host: ScmHost;
  readonly #now: () => number;
  readonly #catalogFileNames: readonly string[];
  readonly #known = new RecentMap<string, Promise<Error>>(REMEMBERED);
  #asked: number[] = [];

  constructor(
    host: ScmHost,
    now: () => number = Date.now,
    catalogFileNames: readonly string[] = [],
  ) {
    this.#host = host;
    this.#now = now;
    this.#catalogFileNames = catalogFileNames;
  }

  /**
   * Why there is no file to read. At most two requests.
   *
   * @param url - as people may see it
   */
  async withFile(
    url: string,
    source: Source,
    context: RequestContext,
  ): Promise<Error> {
    const { repository, ref, path, files } = source;
    const list = listAlike(this.#host, source, shared(context));
    return this.#explain(
      [url, repository.fullName, ref, files.commit, path],
      context,
      () => explainNoFile(url, source, list, this.#catalogFileNames),
      () => new NotFoundError(plainMiss(source)),
    );
  }

  /** Why there is no such branch, tag or commit. At most one request. */
  async withRef(
    repository: Repository,
    ref: string,
    context: RequestContext,
  ): Promise<Error> {
    return this.#explain(
      [repository.fullName, repository.updatedOn ?? '', ref],
      context,
      async () => {
        const branches = await this.#branchesOf(repository, shared(context));
        return explainMissingRef(repository, ref, branches);
      },
      () => explainMissingRef(repository, ref, []),
    );
  }

  async #explain(
    about: string[],
    context: RequestContext,
    ask: () => Promise<Error>,
    otherwise: () => Error,
  ): Promise<Error> {
    const answer = () =>
      ask().catch(error => {
        if (isBitbucketError(error)) {
          return otherwise();
        }
        throw error;
      });
    if (context.token !== undefined) {
      // What one token may see is not for others to know.
      return answer();
    }
    const key = JSON.stringify(about);
    const known = this.#known.get(key);
    if (known) {
      return known;
    }
    if (!this.#mayAsk()) {
      return otherwise();
    }
    const explained = answer();
    this.#remember(key, explained);
    return explained;
  }

  #mayAsk(): boolean {
    const now = this.#now();
    const { kind } = this.#host.credential;
    const most =
      kind === 'anonymous' ? ASKED_PER_HOUR_ANONYMOUSLY : ASKED_PER_HOUR;
    this.#asked = this.#asked.filter(time => Math.abs(now - time) < HOUR_MS);
    if (this.#asked.length >= most) {
      return false;
    }
    this.#asked.push(now);
    return true;
  }

  #remember(key: string, explained: Promise<Error>): void {
    this.#known.set(key, explained);
    explained.catch(() => this.#known.delete(key));
  }

  async #branchesOf(
    repository: Repository,
    context: RequestContext,
  ): Promise<string[]> {
    const names = [];
    for await (const { name } of this.#host.branches(repository, context)) {
      names.push(name);
      if (names.length === MAX_BRANCHES) {
        break;
      }
    }
    return names;
  }
}

/** Others may wait for the same answer, so that no caller's signal ends it. */
function shared(context: RequestContext): RequestContext {
  const { token, meter } = context;
  return token === undefined ? { meter } : context;
}
