import { z } from 'zod';
import { encodeSegment, withQuery } from '../../http/urls';
import {
  isSameCommit,
  PullRequest,
  PullRequestFile,
  PullRequestFiles,
} from '../../scm/pullRequests';
import { RequestContext } from '../../scm/types';
import { CallApi } from './apiCall';
import { getJson } from '../../http/callApi';
import { MAX_DIFFSTAT_PAGELEN } from './limits';
import { COMMIT_HASH } from '../../lib/text';
import { pageFields, pageOf } from './schemas';

const FIELDS = ['old.path', 'new.path', 'new.links.self.href'];

const sideSchema = z
  .object({
    path: z.string(),
    links: z
      .object({ self: z.object({ href: z.string().nullish() }).nullish() })
      .nullish(),
  })
  .nullish();

/** A file that a pull request touches, and the URL of its new version. */
const rowSchema = z
  .object({ old: sideSchema, new: sideSchema })
  .transform((row): { file: PullRequestFile; href?: string } => ({
    file: { oldPath: row.old?.path, newPath: row.new?.path },
    href: row.new?.links?.self?.href ?? undefined,
  }));

type Compared = Pick<PullRequest, 'number' | 'source' | 'destination'>;

/**
 * The files that a pull request touches; see `PullRequestApi.listFiles`.
 *
 * @param urls - of the repository that it is to be merged into, and its own
 */
export async function listFiles(
  callApi: CallApi,
  urls: { repository: string; pullRequest: string },
  pullRequest: Compared,
  context: RequestContext,
): Promise<PullRequestFiles> {
  const { source, destination } = pullRequest;
  // The commit with the changes comes first, unlike in `git diff`.
  const commits = [source, destination].map(({ commit }) => commit);
  // Bitbucket redirects from the second to the first, or to a comparison with the fork,
  // and forgets the parameters.
  const url = isWithinRepository(pullRequest)
    ? `${urls.repository}/diffstat/${commits.map(encodeSegment).join('..')}`
    : `${urls.pullRequest}/diffstat`;
  const { values, next } = await getJson(
    callApi,
    withQuery(url, {
      topic: 'true',
      pagelen: MAX_DIFFSTAT_PAGELEN,
      fields: pageFields(FIELDS),
    }),
    pageOf(rowSchema),
    context,
  );
  return {
    files: values.map(({ file }) => file),
    isComplete: !next,
    head: fullHashIn(
      values.map(({ href }) => href),
      source.commit,
    ),
  };
}

function isWithinRepository({ source, destination }: Compared): boolean {
  return (
    source.repository !== undefined &&
    source.repository.uuid === destination.repository?.uuid
  );
}

/**
 * The full hash of a commit, where one of its files has a URL with it:
 * `…/repositories/acme/shop/src/{hash}/{path}`.
 */
function fullHashIn(
  hrefs: (string | undefined)[],
  commit: string,
): string | undefined {
  return hrefs
    .map(href => /\/src\/([^/]+)\//.exec(href ?? '')?.[1] ?? '')
    .find(hash => COMMIT_HASH.test(hash) && isSameCommit(hash, commit));
}
