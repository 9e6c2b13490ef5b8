import { isNotFoundError, isUnexpectedResponseError } from '../../scm/errors';
import { InRepository } from '../../scm/ScmHost';
import { FoundRef, Ref, RequestContext } from '../../scm/types';
import { BitbucketClient } from './BitbucketClient';
import { quote } from './query';

/** A repository in the REST API. */
export type Place = readonly [workspace: string, slug: string];

/** `workspace/repository`: neither name holds a slash. */
export function toPlace({ fullName }: InRepository): Place {
  const [workspace, slug] = fullName.split('/');
  return [workspace, slug];
}

/** A full hash. */
export const COMMIT_HASH = /^[0-9a-f]{40}$/;

/** What may be a hash, be it shortened. */
const MAYBE_HASH = /^[0-9a-f]{7,40}$/;

/**
 * The ref with the longest of some names; see `ScmHost.resolveRef`. Costs nothing for a
 * full hash, and otherwise one request; two for what might have been a shortened hash.
 */
export async function resolveRef(
  client: BitbucketClient,
  place: Place,
  names: string[],
  context: RequestContext,
): Promise<FoundRef | undefined> {
  const [first] = names;
  if (COMMIT_HASH.test(first)) {
    return { name: first, hash: first };
  }
  if (MAYBE_HASH.test(first)) {
    const commit = await unlessMissing(() =>
      client.getCommit(...place, first, context),
    );
    if (commit) {
      return { name: first, hash: commit.hash };
    }
  }
  const found = await listNamed(client, place, names, context);
  const order = ({ kind, name }: Ref) =>
    2 * name.length + (kind === 'branch' ? 1 : 0);
  return found.sort((a, b) => order(b) - order(a))[0];
}

/**
 * The head of a branch. One request; two where Bitbucket words a 404 in an unknown
 * way, which proves nothing: then the list of branches decides.
 */
export async function findBranch(
  client: BitbucketClient,
  place: Place,
  name: string,
  context: RequestContext,
): Promise<string | undefined> {
  try {
    const branch = await unlessMissing(() =>
      client.getBranch(...place, name, context),
    );
    return branch?.hash;
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'unknown') {
      const q = `name = ${quote(name)}`;
      const branches = client.listBranches(...place, { q }, context);
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

/** Whether the list of branches and tags has a branch. One request. */
export async function hasBranch(
  client: BitbucketClient,
  place: Place,
  name: string,
  context: RequestContext,
): Promise<boolean> {
  const q = `name = ${quote(name)}`;
  for await (const ref of client.listRefs(...place, { q }, context)) {
    if (ref.kind === 'branch' && ref.name === name) {
      return true;
    }
  }
  return false;
}

async function listNamed(
  client: BitbucketClient,
  place: Place,
  names: string[],
  context: RequestContext,
): Promise<Ref[]> {
  const q = names.map(name => `name = ${quote(name)}`).join(' OR ');
  const found: Ref[] = [];
  let fault: Error | undefined;
  try {
    for await (const ref of client.listRefs(...place, { q }, context)) {
      if (names.includes(ref.name)) {
        found.push(ref);
      }
    }
  } catch (error) {
    if (!isUnexpectedResponseError(error)) {
      throw error;
    }
    fault = error;
  }
  if (fault && found.length === 0) {
    throw fault;
  }
  return found;
}

async function unlessMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'ref') {
      return undefined;
    }
    throw error;
  }
}
