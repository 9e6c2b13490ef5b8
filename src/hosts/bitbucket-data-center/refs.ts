import { getJson, JSON_WANTED } from '../../http/callApi';
import { readJson } from '../../http/responseBody';
import { displayUrl, encodeSegment } from '../../http/urls';
import { COMMIT_HASH, MAYBE_HASH } from '../../lib/text';
import {
  isNotFoundError,
  isUnexpectedResponseError,
  UnexpectedResponseError,
  unlessRefMissing,
} from '../../scm/errors';
import {
  Branch,
  DefaultBranch,
  FoundRef,
  InRepository,
  RequestContext,
} from '../../scm/types';
import {
  DataCenterApi,
  fetchPage,
  listJson,
  listUrl,
  repositoryUrl,
} from './apiCall';
import { REFS_LIMIT } from './limits';
import { isTag, tagOf } from './names';
import {
  branchNameSchema,
  branchSchema,
  commitSchema,
  tagSchema,
} from './schemas';

/**
 * The default branch with its head, or null where the repository is empty. One request.
 * Where the branch that is configured does not exist, or a later version of Bitbucket
 * has no longer that endpoint, three: then the name may come without a head.
 */
export async function defaultBranch(
  api: DataCenterApi,
  repository: InRepository,
  context: RequestContext,
): Promise<DefaultBranch | null> {
  const url = `${repositoryUrl(api, repository)}/branches/default`;
  try {
    return await api.callApi({
      request: { method: 'GET', url, headers: JSON_WANTED, ...context },
      alsoGood: 204,
      read: (response, request) =>
        response.status === 204
          ? null
          : readJson(request, response, branchSchema),
    });
  } catch (error) {
    if (
      isNotFoundError(error) &&
      (error.missing === 'ref' || error.missing === 'unknown')
    ) {
      return configuredBranch(api, repository, context);
    }
    throw error;
  }
}

/** The branch that is configured, whether it exists or not; null in an empty repository. */
async function configuredBranch(
  api: DataCenterApi,
  repository: InRepository,
  context: RequestContext,
): Promise<DefaultBranch | null> {
  const name = await verifyDefaultBranch(api, repository, context);
  const hash = await findBranch(api, repository, name, context);
  if (hash !== undefined) {
    return { name, hash };
  }
  return (await hasBranches(api, repository, context)) ? { name } : null;
}

/** Whether the list of branches has any. One request. */
export async function hasBranches(
  api: DataCenterApi,
  repository: InRepository,
  context: RequestContext,
): Promise<boolean> {
  const url = listUrl(`${repositoryUrl(api, repository)}/branches`, 1);
  for await (const _ of listJson(api, url, branchSchema, context)) {
    return true;
  }
  return false;
}

/**
 * The head of a branch. One request, unless more than a thousand branches have the name
 * in theirs: the filter of the list is one for parts of names.
 */
export async function findBranch(
  api: DataCenterApi,
  repository: InRepository,
  name: string,
  context: RequestContext,
): Promise<string | undefined> {
  const branches = listJson(
    api,
    listUrl(`${repositoryUrl(api, repository)}/branches`, REFS_LIMIT, {
      filterText: name,
      boostMatches: 'true',
    }),
    branchSchema,
    context,
  );
  for await (const branch of branches) {
    if (branch.name === name) {
      return branch.hash;
    }
  }
  return undefined;
}

/**
 * The head of a branch, as the list of its commits has it. One request.
 *
 * @throws UnexpectedResponseError where there is a branch and no commit
 */
export async function verifyBranch(
  api: DataCenterApi,
  repository: InRepository,
  name: string,
  context: RequestContext,
): Promise<string | undefined> {
  const url = listUrl(`${repositoryUrl(api, repository)}/commits`, 1, {
    until: `refs/heads/${name}`,
  });
  const page = await unlessRefMissing(() =>
    fetchPage(api.callApi, url, commitSchema, context),
  );
  if (page?.values.good.length === 0) {
    throw new UnexpectedResponseError('the branch has no commit', {
      method: 'GET',
      url: displayUrl(url),
    });
  }
  return page?.values.good[0].id;
}

/** The name of the default branch, without its head. One request. */
export function verifyDefaultBranch(
  api: DataCenterApi,
  repository: InRepository,
  context: RequestContext,
): Promise<string> {
  const url = `${repositoryUrl(api, repository)}/default-branch`;
  return getJson(api.callApi, url, branchNameSchema, context);
}

/** The branches of a repository; one request for each 1,000. */
export function listBranches(
  api: DataCenterApi,
  repository: InRepository,
  context: RequestContext,
): AsyncIterable<Branch> {
  const url = `${repositoryUrl(api, repository)}/branches`;
  return listJson(api, listUrl(url, REFS_LIMIT), branchSchema, context);
}

/**
 * The ref with the longest of some names; see `ScmHost.resolveRef`. Costs nothing for a
 * full hash, and one request for a tag that is named in full. Otherwise one, two if the
 * longest name is not a branch, and one more for what might have been a shortened hash.
 */
export async function resolveRef(
  api: DataCenterApi,
  repository: InRepository,
  names: string[],
  context: RequestContext,
): Promise<FoundRef | undefined> {
  const [first] = names;
  if (COMMIT_HASH.test(first)) {
    return { name: first, hash: first };
  }
  if (MAYBE_HASH.test(first)) {
    const hash = await fullHash(api, repository, first, context);
    if (hash !== undefined) {
      return { name: first, hash };
    }
  }
  const url = repositoryUrl(api, repository);
  if (isTag(first)) {
    const name = tagOf(first);
    const tags = listUrl(`${url}/tags`, REFS_LIMIT, { filterText: name });
    const tag = await longest(listJson(api, tags, tagSchema, context), [name]);
    if (tag) {
      return { kind: 'tag', name: first, hash: tag.hash };
    }
  }
  const query = { filterText: first, boostMatches: 'true' };
  const branch = await longest(
    listJson(
      api,
      listUrl(`${url}/branches`, REFS_LIMIT, query),
      branchSchema,
      context,
    ),
    names,
  );
  if (branch?.name === names.at(-1)) {
    return branch && { kind: 'branch', ...branch };
  }
  const tag = await longest(
    listJson(
      api,
      listUrl(`${url}/tags`, REFS_LIMIT, { filterText: first }),
      tagSchema,
      context,
    ),
    names,
  );
  if (tag && tag.name.length > (branch?.name.length ?? 0)) {
    return { kind: 'tag', ...tag };
  }
  return branch && { kind: 'branch', ...branch };
}

/** The ref with the longest of some names, all of which have the first one in theirs. */
async function longest(
  refs: AsyncIterable<Branch>,
  names: string[],
): Promise<Branch | undefined> {
  let found: Branch | undefined;
  for await (const ref of refs) {
    if (
      names.includes(ref.name) &&
      ref.name.length > (found?.name.length ?? 0)
    ) {
      found = ref;
    }
    if (found && found.name === names.at(-1)) {
      return found;
    }
  }
  return found;
}

/**
 * The full hash of a commit whose hash may be shortened. An instance that takes no
 * shortened ones answers that there is no such commit, or that it is not a hash.
 */
async function fullHash(
  api: DataCenterApi,
  repository: InRepository,
  hash: string,
  context: RequestContext,
): Promise<string | undefined> {
  const url = `${repositoryUrl(api, repository)}/commits/${encodeSegment(hash)}`;
  try {
    const commit = await unlessRefMissing(() =>
      getJson(api.callApi, url, commitSchema, context),
    );
    return commit?.id.startsWith(hash) ? commit.id : undefined;
  } catch (error) {
    if (isUnexpectedResponseError(error) && error.status === 400) {
      return undefined;
    }
    throw error;
  }
}
