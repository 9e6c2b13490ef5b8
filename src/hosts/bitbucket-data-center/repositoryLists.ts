import { getJson } from '../../http/callApi';
import { LenientRows } from '../../http/rows';
import { displayUrl, encodeSegment } from '../../http/urls';
import { ListOptions, RepositoryPage, RepositoryRef } from '../../scm/ScmHost';
import {
  isNotFoundError,
  isUnexpectedResponseError,
  NameTakenError,
  UnexpectedResponseError,
} from '../../scm/errors';
import { Repository, RequestContext } from '../../scm/types';
import {
  atStart,
  DataCenterApi,
  fetchPage,
  listGoodRows,
  listUrl,
  repositoryUrl,
} from './apiCall';
import { REPOSITORIES_LIMIT } from './limits';
import { toPlace } from './names';
import { defaultBranch, hasBranches } from './refs';
import { repositorySchema } from './schemas';

/** How many repositories a position names, some of which may be deleted until it is used. */
const REMEMBERED = 5;

/**
 * Where a list goes on: where the next page began, and the last repositories before it,
 * by which it is noticed if rows have moved since.
 */
type Position = { start: number; before: string[] };

/** A position as text: `1000 17 42`. At most 255 characters, as the database keeps it. */
export function writePosition({ start, before }: Position): string {
  const ids = before.slice(-REMEMBERED).map(uuid => uuid.replace(/^.*#/, ''));
  return [start, ...ids].join(' ');
}

/** Anything that is not a position is the beginning of the list. */
export function readPosition(host: string, text = ''): Position {
  const [start = 0, ...ids] = text.split(' ').map(Number);
  return [start, ...ids].every(Number.isSafeInteger) && start > 0
    ? { start, before: ids.map(id => `${host}#${id}`) }
    : { start: 0, before: [] };
}

/**
 * The full list, which is the same for all selections of an instance; one request for
 * each 999 repositories.
 *
 * Its rows have no order that is documented, and those after a repository that is
 * deleted move up by one. So that none is missed, each page begins at the last row of
 * the one before; if that is not there, further up. A repository may come twice.
 */
export async function* listRepositories(
  api: DataCenterApi,
  options: ListOptions,
  from: string | undefined,
  context: RequestContext,
): AsyncGenerator<RepositoryPage> {
  // What ends at its own overlap would not go on.
  const limit = Math.max(2, options.pageSize ?? REPOSITORIES_LIMIT);
  const url = `${api.baseUrl}/rest/api/latest/repos`;
  const list = (archived?: string) =>
    listFrom(api, listUrl(url, limit, { archived }), options, from, context);

  let hasBegun = false;
  try {
    for await (const page of list('ALL')) {
      hasBegun = true;
      yield page;
    }
  } catch (error) {
    // Before Bitbucket 8.0 there was no such filter, nor were there archived ones.
    if (hasBegun || !isUnexpectedResponseError(error) || error.status !== 400) {
      throw error;
    }
    yield* list();
  }
}

async function* listFrom(
  api: DataCenterApi,
  url: string,
  { strict = false }: ListOptions,
  from: string | undefined,
  context: RequestContext,
): AsyncGenerator<RepositoryPage> {
  let position = readPosition(api.host, from);
  let isLast = false;
  let overlap: 0 | 1 = 1;
  let pages = 0;
  /** Up to where it was read once more, which is not done again. */
  let rereadUpTo = -1;

  const rows = api.badRows.pages(
    url,
    async () => {
      const page = await fetchAfter(
        api,
        url,
        position,
        { overlap, mayStepBack: position.start > rereadUpTo },
        context,
      );
      if (page.back > 1) {
        rereadUpTo = position.start;
      }
      const { nextStart } = page;
      const values = withoutSharedIds(page.values);
      // Where all that fits into a page is known, the next one begins after it.
      const isNew = values.good.some(
        ({ uuid }) => !position.before.includes(uuid),
      );
      overlap = isNew ? 1 : 0;
      isLast = nextStart === undefined;
      pages += 1;
      position = {
        start: nextStart ?? 0,
        before:
          values.good.length > 0
            ? values.good.map(({ uuid }) => uuid)
            : position.before,
      };
      // Numbered, since a list that steps back does not lead in a circle.
      return { values, next: isLast ? undefined : `${url}#${pages}` };
    },
    strict,
  );
  for await (const repositories of rows) {
    yield isLast
      ? { repositories }
      : { repositories, next: writePosition(position) };
  }
}

/** Of rows with the same id one is wrong, and would be taken for a rename of the other. */
function withoutSharedIds({
  good,
  bad,
}: LenientRows<Repository>): LenientRows<Repository> {
  const names = new Map<string, string>();
  const shared = new Set<string>();
  for (const { uuid, fullName } of good) {
    if ((names.get(uuid) ?? fullName) !== fullName) {
      shared.add(uuid);
    }
    names.set(uuid, fullName);
  }
  const isShared = ({ uuid }: Repository) => shared.has(uuid);
  return {
    good: good.filter(one => !isShared(one)),
    bad: [
      ...bad,
      ...good.filter(isShared).map(({ slug }) => ({
        name: slug,
        problem: 'id: it is that of another row',
      })),
    ],
  };
}

/**
 * The page that joins on to what is known: that is the first one, or has some of it.
 *
 * @param options.overlap - rows of what is known that it begins with; 0 if that does not
 * matter
 * @param options.mayStepBack - whether it may begin further up. Rows that the credential
 * cannot see are counted too, so that the one before may be one of them.
 * @returns the page, and how many rows further up it begins
 */
async function fetchAfter(
  { callApi, host }: DataCenterApi,
  url: string,
  { start, before }: Position,
  { overlap, mayStepBack }: { overlap: 0 | 1; mayStepBack: boolean },
  context: RequestContext,
) {
  for (let back = overlap as number; ; back = mayStepBack ? back * 4 : 0) {
    const first = Math.max(0, start - back);
    const pageUrl = first === 0 ? url : atStart(url, first);
    const page = await fetchPage(
      callApi,
      pageUrl,
      repositorySchema(host),
      context,
    );
    const { nextStart = Infinity, values } = page;
    const joins =
      first === 0 ||
      back === 0 ||
      values.good.some(({ uuid }) => before.includes(uuid));
    if (joins) {
      if (back <= 1 && nextStart <= start) {
        throw new UnexpectedResponseError(
          'the list does not go on with its next page',
          { method: 'GET', url: displayUrl(pageUrl) },
        );
      }
      return { ...page, back };
    }
  }
}

/** The repositories of a project, page by page. */
export function listProject(
  api: DataCenterApi,
  projectKey: string,
  context: RequestContext,
  { strict = false }: Pick<ListOptions, 'strict'> = {},
): AsyncIterable<Repository[]> {
  const projects = `${api.baseUrl}/rest/api/latest/projects`;
  return listGoodRows(
    api,
    listUrl(
      `${projects}/${encodeSegment(projectKey)}/repos`,
      REPOSITORIES_LIMIT,
    ),
    repositorySchema(api.host),
    strict,
    context,
  );
}

/**
 * Repositories in the lists of their projects, or in that of all repositories if they were
 * moved, which are other requests than that for a repository by itself. One request for
 * each 1,000 of a project, and where these lack one, for each 1,000 of the instance.
 *
 * @throws UnexpectedResponseError where a row of a list cannot be read
 */
export async function findListed(
  api: DataCenterApi,
  refs: readonly { id: string; fullName: string }[],
  context: RequestContext,
): Promise<(Repository | undefined)[]> {
  const found: (Repository | undefined)[] = refs.map(() => undefined);
  const projectKeys = new Set(refs.map(ref => toPlace(ref).projectKey));
  for await (const rows of listProjectsFirst(api, projectKeys, context)) {
    const byId = new Map(rows.map(one => [one.uuid, one]));
    const byName = new Map(rows.map(one => [one.fullName.toLowerCase(), one]));
    refs.forEach(({ id, fullName }, position) => {
      found[position] ??=
        id === '' ? byName.get(fullName.toLowerCase()) : byId.get(id);
    });
    if (found.every(Boolean)) {
      break;
    }
  }
  return found;
}

/** The repositories of some projects, and then all of the instance. */
async function* listProjectsFirst(
  api: DataCenterApi,
  projectKeys: Iterable<string>,
  context: RequestContext,
): AsyncGenerator<Repository[]> {
  for (const projectKey of projectKeys) {
    try {
      yield* listProject(api, projectKey, context, { strict: true });
    } catch (error) {
      // A project that is gone may have been emptied before.
      if (!isNotFoundError(error)) {
        throw error;
      }
    }
  }
  const all = listRepositories(api, { strict: true }, undefined, context);
  for await (const { repositories } of all) {
    yield repositories;
  }
}

/**
 * One repository, with its default branch. Two requests, and a third one where that says
 * that the repository is empty: the default branch is unknown then unless the list of
 * branches is empty too. No request takes an id: it is asked for by name, which a redirect
 * leads to the new one after a rename or move.
 *
 * @throws NameTakenError where the name belongs to another id; UnexpectedResponseError for
 * an id without a name
 */
export async function getRepository(
  api: DataCenterApi,
  ref: RepositoryRef,
  context: RequestContext,
): Promise<Repository> {
  const { fullName } = ref;
  if (fullName === undefined) {
    throw new UnexpectedResponseError(
      'a repository cannot be requested without its name',
      { method: 'GET', url: displayUrl(api.baseUrl) },
    );
  }
  const url = repositoryUrl(api, { fullName });
  const found = await getJson(
    api.callApi,
    url,
    repositorySchema(api.host),
    context,
  );
  if (ref.by === 'id' && found.uuid !== ref.id) {
    throw new NameTakenError('the response is about another repository', {
      method: 'GET',
      url: displayUrl(url),
    });
  }
  const mainBranch = await defaultBranch(api, found, context);
  return mainBranch === null && (await hasBranches(api, found, context))
    ? found
    : { ...found, mainBranch };
}
