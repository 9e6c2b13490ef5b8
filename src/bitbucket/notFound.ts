import { ErrorBody } from './errorBody';
import { Missing } from './errors';

/**
 * Tells from Bitbucket's words what a 404 or 410 is about. The status alone does
 * not: `/src` answers 404 for a path, a commit, a repository and a workspace.
 *
 * What is not recognised proves nothing.
 */
export function whatIsMissing(status: number, body: ErrorBody): Missing {
  const { message = '', namesCommits, isBitbucketError } = body;
  if (!isBitbucketError) {
    return 'unknown';
  }
  if (status === 410) {
    // A removed endpoint ("CHANGE-2770 …") is our mistake; otherwise a 410 is a
    // workspace that Atlassian has closed as spam.
    // https://developer.atlassian.com/cloud/bitbucket/changelog/#CHANGE-2770
    return /\bCHANGE-\d+/.test(message) ? 'unknown' : 'workspace';
  }
  return (
    MESSAGES.find(([pattern]) => pattern.test(message))?.[1] ??
    (namesCommits ? 'ref' : 'unknown')
  );
}

const MESSAGES: [RegExp, Missing][] = [
  [/^You may not have access to this repository/i, 'repository'],
  [/^Repository \S+ not found/i, 'repository'],
  [/^No workspace with identifier/i, 'workspace'],
  [/^No such file or directory/i, 'path'],
  [/^Commit not found/i, 'ref'],
  [/^(?:Branch|Tag|Ref|Reference) \S+ (?:does not exist|not found)/i, 'ref'],
  // The URL itself is wrong, or something between rewrites it.
  [/\bno API hosted at this URL/i, 'unknown'],
];
