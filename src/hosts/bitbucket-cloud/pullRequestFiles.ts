import { z } from 'zod';
import { encodeSegment, withQuery } from '../../http/urls';
import {
  isSameCommit,
  PullRequest,
  PullRequestFile,
  PullRequestFiles,
} from '../../scm/pullRequests';
import { RequestContext } from '../../scm/types';
import { CallApi, withPaths } from './apiCall';
import { getJson } from '../../http/callApi';
import { paginatePages } from '../../http/links';
import { MAX_DIFFSTAT_PAGELEN, MAX_DIFFSTAT_PAGES } from './limits';
import { COMMIT_HASH } from '../../lib/text';
import { pageFields, pageOf } from './schemas';

const FIELDS = [
  'old.path',
  'old.links.self.href',
  'new.path',
  'new.links.self.href',
];

const sideSchema = z
  .object({
    path: z.string(),
    links: z
      .object({ self: z.object({ href: z.string().nullish() }).nullish() })
      .nullish(),
  })
  .nullish();

/** A file that a pull request touches, and the commits of both versions. */
type Row = { file: PullRequestFile; oldCommit?: string; newCommit?: string };

const rowSchema = z
  .object({ old: sideSchema, new: sideSchema })
  .transform((row): Row => ({
    file: { oldPath: row.old?.path, newPath: row.new?.path },
    oldCommit: commitIn(row.old?.links?.self?.href),
    newCommit: commitIn(row.new?.links?.self?.href),
  }));

type Compared = Pick<PullRequest, 'number' | 'source' | 'destination'>;

/**
 * The files that a pull request touches; see `PullRequestApi.listFiles`. Where there are
 * more than a page has, one more request asks for the wanted ones, or for the next page.
 *
 * @param urls - of the repository that it is to be merged into, and its own
 */
export async function listFiles(
  callApi: CallApi,
  urls: { repository: string; pullRequest: string },
  of: { pullRequest: Compared; wanted?: readonly string[] },
  context: RequestContext,
): Promise<PullRequestFiles> {
  const { pullRequest, wanted } = of;
  const { source, destination } = pullRequest;
  // The commit with the changes comes first, unlike in `git diff`.
  const commits = [source, destination].map(({ commit }) => commit);
  // Bitbucket redirects from the second to the first, or to a comparison with the fork,
  // and forgets the parameters.
  const isWithin = isWithinRepository(pullRequest);
  const path = isWithin
    ? `${urls.repository}/diffstat/${commits.map(encodeSegment).join('..')}`
    : `${urls.pullRequest}/diffstat`;
  const url = withQuery(path, {
    topic: 'true',
    pagelen: MAX_DIFFSTAT_PAGELEN,
    fields: pageFields(FIELDS),
  });
  const isNoneWanted = wanted?.length === 0;
  const filtered = isWithin ? withPaths(url, wanted) : undefined;
  let next: string | null | undefined;
  const fetchPage = async (pageUrl: string) => {
    const page = await getJson(callApi, pageUrl, pageOf(rowSchema), context);
    next = page.next;
    return page;
  };
  const rows: Row[] = [];
  let pages = 0;
  for await (const page of paginatePages(url, fetchPage)) {
    rows.push(...page);
    pages += 1;
    if (pages >= MAX_DIFFSTAT_PAGES || filtered || isNoneWanted) {
      break;
    }
  }
  const isFiltered = Boolean(next) && filtered !== undefined;
  const found = isFiltered ? (await fetchPage(filtered)).values : rows;
  return {
    files: found.map(({ file }) => file),
    isComplete: !next || isNoneWanted,
    ...(isFiltered ? { isFiltered } : {}),
    head: rows
      .map(({ newCommit }) => newCommit)
      .find(commit => commit && isSameCommit(commit, source.commit)),
    // What a comparison with `topic` compares with.
    mergeBase: rows.find(({ oldCommit }) => oldCommit)?.oldCommit,
  };
}

function isWithinRepository({ source, destination }: Compared): boolean {
  return (
    source.repository !== undefined &&
    source.repository.uuid === destination.repository?.uuid
  );
}

/** The full hash in the URL of a file: `…/repositories/acme/shop/src/{hash}/{path}`. */
function commitIn(href: string | null | undefined): string | undefined {
  const hash = /\/src\/([^/]+)\//.exec(href ?? '')?.[1] ?? '';
  return COMMIT_HASH.test(hash) ? hash : undefined;
}
