import type { SimulatorContext } from '../context';
import type {
  Commit,
  PullRequestSide,
  SimulatedPullRequest,
  SimulatedRepository,
} from '../world';
import { accountBody } from './account';
import { preciseDate } from './dates';
import { link, repositoryLink, webLink } from './links';
import { repositoryReference } from './repository';

/** Only a pull request's own URL and webhooks have them. */
export const HIDDEN_IN_PULL_REQUESTS = ['reviewers', 'participants'];

/** What stands of a pull request in its comments. */
export function pullRequestReference(
  context: SimulatorContext,
  { id, title, destination }: SimulatedPullRequest,
) {
  const { repository } = destination;
  return {
    type: 'pullrequest',
    id,
    title,
    links: {
      self: repositoryLink(context, repository, 'pullrequests', String(id)),
      html: webLink(repository.fullName, 'pull-requests', String(id)),
    },
  };
}

/** The same over REST and in webhooks, as a delivery of February 2026 shows. */
export function pullRequestBody(
  context: SimulatorContext,
  pullRequest: SimulatedPullRequest,
) {
  const { source, destination, mergeCommit, closedBy, comments } = pullRequest;
  return {
    ...pullRequestReference(context, pullRequest),
    description: pullRequest.description,
    rendered: {
      title: markupBody(pullRequest.title),
      description: markupBody(pullRequest.description),
    },
    summary: markupBody(pullRequest.description),
    state: pullRequest.state,
    draft: pullRequest.draft,
    queued: false,
    author: accountBody(pullRequest.author),
    source: sideBody(context, source),
    destination: sideBody(context, destination),
    merge_commit: mergeCommit
      ? shortCommitBody(context, destination.repository, mergeCommit)
      : null,
    closed_by: closedBy === undefined ? null : accountBody(closedBy),
    reason: pullRequest.reason,
    close_source_branch: false,
    comment_count: comments.filter(({ deleted }) => !deleted).length,
    task_count: 0,
    reviewers: [],
    participants: [],
    created_on: preciseDate(pullRequest.createdOn),
    updated_on: preciseDate(pullRequest.updatedOn),
    links: linksBody(context, pullRequest),
  };
}

/** Text of a user; its HTML is the unchanged text. */
export const markupBody = (raw: string) => ({
  raw,
  markup: 'markdown',
  html: raw,
});

/** A fork that was deleted is null, and its name is in no response. */
function sideBody(
  context: SimulatorContext,
  { repository, branch, commit }: PullRequestSide,
) {
  return {
    branch: { name: branch },
    commit: shortCommitBody(context, repository, commit),
    repository: repository.isDeleted
      ? null
      : repositoryReference(context, repository),
  };
}

/**
 * Only ever seen with 12 digits, over REST as in webhooks
 * (sourcegraph/sourcegraph#34554); elsewhere a commit has all of its 40.
 */
const shortHash = ({ hash }: Commit) => hash.slice(0, 12);

function shortCommitBody(
  context: SimulatorContext,
  repository: SimulatedRepository,
  commit: Commit,
) {
  const hash = shortHash(commit);
  return {
    type: 'commit',
    hash,
    links: {
      self: repositoryLink(context, repository, 'commit', hash),
      html: webLink(repository.fullName, 'commits', hash),
    },
  };
}

function linksBody(
  context: SimulatorContext,
  pullRequest: SimulatedPullRequest,
) {
  const { self, html } = pullRequestReference(context, pullRequest).links;
  const below = (name: string) => link(`${self.href}/${name}`);
  return {
    self,
    html,
    commits: below('commits'),
    approve: below('approve'),
    'request-changes': below('request-changes'),
    diff: comparisonLink(context, pullRequest, 'diff'),
    diffstat: comparisonLink(context, pullRequest, 'diffstat'),
    comments: below('comments'),
    activity: below('activity'),
    merge: below('merge'),
    decline: below('decline'),
    statuses: below('statuses'),
  };
}

/**
 * Where the changes of a pull request are found. Atlassian's description
 * has no such form of a revspec; redirects and webhooks do
 * (MatanYemini/bitbucket-mcp#85).
 */
export function comparisonLink(
  context: SimulatorContext,
  { id, source, destination }: SimulatedPullRequest,
  endpoint: 'diff' | 'diffstat' | 'file-conflicts',
) {
  const { href } = repositoryLink(context, destination.repository, endpoint);
  const from = `${source.repository.fullName}:${shortHash(source.commit)}`;
  const spec = `${from}%0D${shortHash(destination.commit)}`;
  return link(`${href}/${spec}?from_pullrequest_id=${id}&topic=true`);
}
