import { z } from 'zod';
import { getJson } from '../../http/callApi';
import {
  PullRequest,
  PullRequestFile,
  PullRequestFiles,
} from '../../scm/pullRequests';
import {
  isBitbucketError,
  isRateLimitedError,
  isUnauthorizedError,
  isUnavailableError,
} from '../../scm/errors';
import { ChangedPath, InRepository, RequestContext } from '../../scm/types';
import { CallApi, DataCenterApi, listUrl, repositoryUrl } from './apiCall';
import { CHANGES_LIMIT } from './limits';
import { FULL_HASH } from './pullRequestSchemas';
import { changePathSchema, changeSchema } from './schemas';

/** A file that a pull request touches; nothing of a submodule, which has no file. */
const touchedFileSchema = z
  .object({
    type: z.string(),
    path: changePathSchema,
    srcPath: changePathSchema.nullish(),
    nodeType: z.string().nullish(),
    fromContentId: z.string().nullish(),
    contentId: z.string().nullish(),
  })
  .transform(({ type, path, srcPath, nodeType, ...ids }): PullRequestFile[] => {
    if (nodeType === 'SUBMODULE') {
      return [];
    }
    const file = fileOf(type, path, srcPath ?? undefined);
    const { fromContentId, contentId } = ids;
    return [
      fromContentId && contentId && file.oldPath !== undefined
        ? { ...file, oldBlob: fromContentId, newBlob: contentId }
        : file,
    ];
  });

/** A kind of change that comes some day is taken for one of the content. */
function fileOf(type: string, path: string, from = path): PullRequestFile {
  switch (type) {
    case 'ADD':
    case 'COPY':
      return { newPath: path };
    case 'DELETE':
      return { oldPath: path };
    default:
      return { oldPath: from, newPath: path };
  }
}

const pageSchema = z.object({
  values: z.array(touchedFileSchema),
  isLastPage: z.boolean().nullish(),
  toHash: z.string().nullish(),
});

/**
 * The files that a pull request touches; see `PullRequestApi.listFiles`. There is one
 * page of them, whatever is asked for.
 *
 * @param url - of the pull request
 */
export async function listFiles(
  callApi: CallApi,
  url: string,
  { source }: Pick<PullRequest, 'source'>,
  context: RequestContext,
): Promise<PullRequestFiles> {
  const { values, isLastPage, toHash } = await getJson(
    callApi,
    listUrl(`${url}/changes`, CHANGES_LIMIT, { withComments: 'false' }),
    pageSchema,
    context,
  );
  return {
    files: values.flat(),
    isComplete: isLastPage === true,
    // Of the pull request as it is now. Bitbucket Data Center never shortens a hash.
    head: FULL_HASH.test(toHash ?? '') ? toHash! : source.commit || undefined,
  };
}

/**
 * The paths that differ between two commits. One request.
 *
 * @returns undefined where there are more than Bitbucket lists, 1,000 by default, or
 * where the commits cannot be compared
 */
export async function changedPaths(
  api: DataCenterApi,
  repository: InRepository,
  from: string,
  to: string,
  context: RequestContext,
): Promise<ChangedPath[] | undefined> {
  const url = listUrl(
    `${repositoryUrl(api, repository)}/changes`,
    CHANGES_LIMIT,
    {
      since: from,
      until: to,
    },
  );
  try {
    const { values, isLastPage } = await getJson(
      api.callApi,
      url,
      z.object({ values: z.array(changeSchema), isLastPage: z.boolean() }),
      context,
    );
    return isLastPage ? values.flat() : undefined;
  } catch (error) {
    const concernsAll =
      !isBitbucketError(error) ||
      isRateLimitedError(error) ||
      isUnauthorizedError(error) ||
      isUnavailableError(error);
    if (concernsAll) {
      throw error;
    }
    return undefined;
  }
}
