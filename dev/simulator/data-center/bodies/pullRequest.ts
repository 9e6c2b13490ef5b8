import type {
  PullRequestComment,
  PullRequestSide,
  SimulatedPullRequest,
} from '../../world';
import type { DataCenterContext } from '../context';
import { userBody, webPath } from './project';
import { refBody } from './refs';
import { repositoryBody } from './repository';

export function pullRequestBody(
  context: DataCenterContext,
  pullRequest: SimulatedPullRequest,
) {
  const { id, title, description, state, draft } = pullRequest;
  const { author, createdOn, updatedOn, source, destination } = pullRequest;
  const { workspace, slug } = destination.repository;
  const isOpen = state === 'OPEN';
  const page = `${webPath(workspace)}/repos/${slug}/pull-requests/${id}`;
  return {
    id,
    version: context.instance.pullRequestFacts.versionOf(pullRequest),
    title,
    ...(description === '' ? {} : { description }),
    state,
    open: isOpen,
    closed: !isOpen,
    draft,
    createdDate: createdOn,
    updatedDate: updatedOn,
    ...(isOpen ? {} : { closedDate: updatedOn }),
    fromRef: sideBody(context, source),
    toRef: sideBody(context, destination),
    locked: false,
    author: {
      user: userBody(author),
      role: 'AUTHOR',
      approved: false,
      status: 'UNAPPROVED',
    },
    reviewers: [],
    participants: [],
    links: { self: [{ href: `${context.linkBaseUrl}${page}` }] },
  };
}

export const sideBody = (
  context: DataCenterContext,
  { repository, branch, commit }: PullRequestSide,
) => ({
  ...refBody('BRANCH', branch),
  latestCommit: commit.hash,
  repository: repositoryBody(context, repository),
});

/** A comment with the replies to it. */
export function commentBody(
  context: DataCenterContext,
  pullRequest: SimulatedPullRequest,
  comment: PullRequestComment,
): object {
  const { pullRequestFacts } = context.instance;
  const { version, severity, state, anchor, parent } =
    pullRequestFacts.ofComment(comment);
  const replies = pullRequest.comments.filter(
    other =>
      !other.deleted && pullRequestFacts.ofComment(other).parent === comment,
  );
  return {
    id: comment.id,
    version,
    text: comment.raw,
    author: userBody(comment.author),
    createdDate: comment.createdOn,
    updatedDate: comment.updatedOn,
    comments: replies.map(reply => commentBody(context, pullRequest, reply)),
    severity,
    state,
    ...(anchor ? { anchor } : {}),
    ...(parent ? { parent: { id: parent.id } } : {}),
    properties: {
      repositoryId: context.instance.idOf(pullRequest.destination.repository),
    },
  };
}
