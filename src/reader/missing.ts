import { InputError, NotFoundError } from '@backstage/errors';
import { NotFoundError as NotFoundAnswer, Repository } from '../bitbucket';
import { CredentialKind } from '../credentials';
import { RepositoryUrl } from '../urls';

const BLIND: Record<CredentialKind | 'token', string> = {
  apiToken: 'the API token in integrations.bitbucketCloud[0] may not see it',
  accessToken:
    'the access token in integrations.bitbucketCloud[0] may not see it',
  appPassword:
    'the app password in integrations.bitbucketCloud[0] may not see it',
  oauth: 'the OAuth consumer in integrations.bitbucketCloud[0] may not see it',
  anonymous: 'it is private, and no credential is configured',
  token: 'the token of this reading may not see it',
};

/**
 * Says which part of a URL Bitbucket does not have: the workspace, or the
 * repository. What else it answered is passed on.
 *
 * @param signedBy - the kind of the credential; `token` for one that came with the read
 */
export function explainMissing(
  { workspace, repository }: RepositoryUrl,
  error: NotFoundAnswer,
  signedBy: CredentialKind | 'token',
): NotFoundError {
  const { missing, message } = error;
  if (missing === 'workspace') {
    return new NotFoundError(`There is no workspace ${workspace}. ${message}`);
  }
  if (missing === 'repository') {
    const name = `${workspace}/${repository}`;
    return new NotFoundError(
      `There is no repository ${name}, or ${BLIND[signedBy]}. ${message}`,
    );
  }
  return new NotFoundError(message);
}

/** Says that a repository has no branch, or that Bitbucket does not say which. */
export function explainEmpty({ fullName, mainBranch }: Repository): InputError {
  return new InputError(
    mainBranch === null
      ? `${fullName} is empty: it has no branch to read from`
      : `Bitbucket does not say which branch of ${fullName} is the main branch; write the branch in the URL`,
  );
}

/** Says that a repository has no such ref, and which branches it has. */
export function explainMissingRef(
  { fullName, mainBranch }: Repository,
  ref: string,
  branches: string[],
): NotFoundError {
  const names = nearest(branches, ref, mainBranch?.name);
  const problem = `${fullName} has no branch, tag or commit ${ref}`;
  if (names.length === 0) {
    return new NotFoundError(problem);
  }
  const isAll = names.length === branches.length;
  return new NotFoundError(
    names.length === 1
      ? `${problem}. Its only branch is ${names[0]}`
      : `${problem}. ${isAll ? 'Its branches are' : 'Among its branches are'} ${inWords(names)}`,
  );
}

const SHOWN_BRANCHES = 5;

/** Those first that are called alike, then the main branch. */
function nearest(
  branches: string[],
  ref: string,
  mainBranch: string | undefined,
): string[] {
  const wanted = ref.toLowerCase();
  const isAlike = (name: string) => {
    const own = name.toLowerCase();
    return own.includes(wanted) || wanted.includes(own);
  };
  const rank = (name: string) =>
    (isAlike(name) ? 0 : 2) + (name === mainBranch ? 0 : 1);
  return [...branches]
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b))
    .slice(0, SHOWN_BRANCHES);
}

/** @param names - at least two */
function inWords(names: string[]): string {
  return `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
