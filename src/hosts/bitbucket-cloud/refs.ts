import { COMMIT_HASH, MAYBE_HASH } from '../../lib/text';
import {
  isNotFoundError,
  isUnexpectedResponseError,
  unlessRefMissing,
} from '../../scm/errors';
import { FoundRef, Ref, RequestContext } from '../../scm/types';
import { BitbucketClient } from './BitbucketClient';
import { Place } from './names';
import { quote } from './repositoryLists';

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
    const commit = await unlessRefMissing(() =>
      client.getCommit(...place, first, context),
    );
    if (commit) {
      return { name: first, hash: commit.hash };
    }
  }
  const found = await findNamed(client, place, names, context);
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
    const branch = await unlessRefMissing(() =>
      client.getBranch(...place, name, context),
    );
    return branch?.hash;
  } catch (error) {
    if (isNotFoundError(error) && error.missing === 'unknown') {
      const branches = listNamed(
        query => client.listBranches(...place, query, context),
        [name],
      );
      for await (const branch of branches) {
        return branch.hash;
      }
      return undefined;
    }
    throw error;
  }
}

/** The head of a branch, as the list of branches and tags has it. One request. */
export async function verifyBranch(
  client: BitbucketClient,
  place: Place,
  name: string,
  context: RequestContext,
): Promise<string | undefined> {
  const refs = listNamed(
    query => client.listRefs(...place, query, context),
    [name],
  );
  for await (const { kind, hash } of refs) {
    if (kind === 'branch') {
      return hash;
    }
  }
  return undefined;
}

/** The branches and tags with some names, as far as the list could be read. */
async function findNamed(
  client: BitbucketClient,
  place: Place,
  names: string[],
  context: RequestContext,
): Promise<Ref[]> {
  const refs = listNamed(
    query => client.listRefs(...place, query, context),
    names,
  );
  const found: Ref[] = [];
  let fault: Error | undefined;
  try {
    for await (const ref of refs) {
      found.push(ref);
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

/** Those of a list that have one of some names, whatever else the server lists. */
async function* listNamed<R extends { name: string }>(
  list: (query: { q: string }) => AsyncIterable<R>,
  names: string[],
): AsyncGenerator<R> {
  const q = names.map(name => `name = ${quote(name)}`).join(' OR ');
  for await (const ref of list({ q })) {
    if (names.includes(ref.name)) {
      yield ref;
    }
  }
}
