import {
  BitbucketClient,
  quote,
} from '../hosts/bitbucket-cloud/BitbucketClient';
import { isNotFoundError, isUnexpectedResponseError } from '../scm/errors';
import { Ref, Repository, RequestContext } from '../scm/types';
import { CachedRef } from './rows';

/** A full hash. */
const COMMIT_HASH = /^[0-9a-f]{40}$/;

/** What may be a hash, be it shortened. */
const MAYBE_HASH = /^[0-9a-f]{7,40}$/;

/** What a name stands for. A commit has no kind. */
export type FoundRef = Omit<Ref, 'kind'> & { kind?: Ref['kind'] };

/**
 * The ref with the longest of some names, such as `feature` and `feature/x`; a
 * branch rather than a tag of the same name. The first name may be a hash too.
 *
 * Costs nothing for a full hash, and otherwise one request; two for what might
 * have been a shortened hash.
 *
 * @param names - the shortest first
 * @returns undefined when there is no such ref
 */
export async function findLongestRef(
  client: BitbucketClient,
  repository: Repository,
  names: string[],
  context: RequestContext,
): Promise<FoundRef | undefined> {
  const [first] = names;
  if (COMMIT_HASH.test(first)) {
    return { name: first, hash: first };
  }
  if (MAYBE_HASH.test(first)) {
    const hash = await findCommit(client, repository, first, context);
    if (hash !== undefined) {
      return { name: first, hash };
    }
  }
  return findInList(client, repository, names, context);
}

/**
 * The head of a branch. One request; two where Bitbucket words a 404 in an unknown
 * way, which proves nothing: then the list of branches decides.
 *
 * @returns undefined when there is no such branch
 */
export async function findBranch(
  client: BitbucketClient,
  { fullName }: Repository,
  name: string,
  context: RequestContext,
): Promise<string | undefined> {
  const [workspace, slug] = fullName.split('/');
  try {
    return await unlessMissing(async () => {
      const { hash } = await client.getBranch(workspace, slug, name, context);
      return hash;
    });
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'unknown') {
      const branches = client.listBranches(
        workspace,
        slug,
        { q: `name = ${quote(name)}` },
        context,
      );
      for await (const branch of branches) {
        if (branch.name === name) {
          return branch.hash;
        }
      }
      return undefined;
    }
    throw error;
  }
}

async function findCommit(
  client: BitbucketClient,
  { fullName }: Repository,
  revision: string,
  context: RequestContext,
): Promise<string | undefined> {
  const [workspace, slug] = fullName.split('/');
  return unlessMissing(async () => {
    const { hash } = await client.getCommit(workspace, slug, revision, context);
    return hash;
  });
}

async function findInList(
  client: BitbucketClient,
  { fullName }: Repository,
  names: string[],
  context: RequestContext,
): Promise<FoundRef | undefined> {
  const [workspace, slug] = fullName.split('/');
  const q = names.map(name => `name = ${quote(name)}`).join(' OR ');
  const found: Ref[] = [];
  let fault: Error | undefined;
  try {
    for await (const ref of client.listRefs(workspace, slug, { q }, context)) {
      found.push(ref);
    }
  } catch (error) {
    if (!isUnexpectedResponseError(error)) {
      throw error;
    }
    fault = error;
  }
  const wanted = found.filter(({ name }) => names.includes(name));
  if (fault && wanted.length === 0) {
    throw fault;
  }
  const order = ({ kind, name }: Ref) =>
    2 * name.length + (kind === 'branch' ? 1 : 0);
  return wanted.sort((a, b) => order(b) - order(a))[0];
}

async function unlessMissing(
  ask: () => Promise<string>,
): Promise<string | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'ref') {
      return undefined;
    }
    throw error;
  }
}

/**
 * What a ref is known to be now, or not to be: a main branch whose head came with
 * the repository, a commit, and what was asked since the repository was updated.
 * A tag stays where it is.
 *
 * @returns undefined where only Bitbucket can tell
 */
export function currentRef(
  { mainBranch, updatedOn }: Repository,
  name: string,
  known: CachedRef | undefined,
): CachedRef | undefined {
  if (name === mainBranch?.name && mainBranch.hash) {
    return { commit: mainBranch.hash, updatedOn, kind: 'branch' };
  }
  if (COMMIT_HASH.test(name)) {
    return { commit: name, updatedOn };
  }
  const stays = known?.kind === 'tag' || isShortened(name, known);
  const wasAsked = updatedOn !== undefined && known?.updatedOn === updatedOn;
  return known && (stays || wasAsked) ? known : undefined;
}

/**
 * The longest of some names that is known to be a ref now; `gone` where none is,
 * and undefined where only Bitbucket can tell.
 *
 * @param names - the shortest first
 * @param known - what is known of them, by name
 */
export function longestCurrentRef(
  repository: Repository,
  names: string[],
  known: ReadonlyMap<string, CachedRef>,
): FoundRef | 'gone' | undefined {
  const current = names.map(name =>
    currentRef(repository, name, known.get(name)),
  );
  // Git has no branch `x/y` beside a branch `x`, so that a known one settles it.
  const found = names.flatMap((name, position): FoundRef[] => {
    const { commit: hash, kind } = current[position] ?? {};
    return hash === undefined ? [] : [{ name, hash, kind }];
  });
  if (found.length > 0) {
    return found.at(-1);
  }
  // That there is no such branch does not say that there is no such tag.
  const areGone = current.every(ref => ref && ref.kind !== 'branch');
  return areGone ? 'gone' : undefined;
}

/**
 * Whether a head came with the repository, so that it is as fresh as that. So it
 * is for the main branch.
 */
export function comesWith(
  { mainBranch }: Repository,
  { name, hash }: Pick<FoundRef, 'name' | 'hash'>,
): boolean {
  return name === mainBranch?.name && hash === mainBranch.hash;
}

/** Whether a ref is a hash that was shortened, which names one commit for ever. */
function isShortened(name: string, known: CachedRef | undefined): boolean {
  return MAYBE_HASH.test(name) && (known?.commit?.startsWith(name) ?? false);
}
