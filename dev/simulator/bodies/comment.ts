import type { SimulatorContext } from '../context';
import type { PullRequestComment, SimulatedPullRequest } from '../world';
import { accountBody } from './account';
import { preciseDate } from './dates';
import { link } from './links';
import { markupBody, pullRequestReference } from './pullRequest';

export function commentBody(
  context: SimulatorContext,
  pullRequest: SimulatedPullRequest,
  comment: PullRequestComment,
) {
  const reference = pullRequestReference(context, pullRequest);
  const { self, html } = reference.links;
  const { id, inline } = comment;
  return {
    type: 'pullrequest_comment',
    id,
    content: markupBody(comment.raw),
    user: accountBody(comment.author),
    deleted: comment.deleted,
    pending: false,
    ...(inline ? { inline: { from: null, to: null, ...inline } } : {}),
    pullrequest: reference,
    created_on: preciseDate(comment.createdOn),
    updated_on: preciseDate(comment.updatedOn),
    links: {
      self: link(`${self.href}/comments/${id}`),
      html: link(`${html.href}/_/diff#comment-${id}`),
    },
  };
}
