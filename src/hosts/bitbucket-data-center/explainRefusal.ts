import { DataCenterCredentialConfig } from '../../config/types';

/** What a request does that needs more than the permission to read. */
export type Task = 'report' | 'comment' | 'webhook';

/** What Bitbucket answered when it refused a request. */
export type Refusal = {
  /** 401 or 403. */
  status: number;
  /** The last part of the exception's name, such as `AuthorisationException`. */
  exception?: string;
  task?: Task;
};

/** The exception of a 401 that means what a 403 means elsewhere: the credential is valid. */
export const NOT_PERMITTED = 'AuthorisationException';

type Signed = Exclude<DataCenterCredentialConfig, { kind: 'anonymous' }>;

/** What else a task takes; see the permissions of each resource in Atlassian's REST API. */
const NEEDED: Record<Task, string> = {
  report: 'Repository read is needed to post reports and build statuses.',
  comment: 'Repository read is needed to comment on pull requests.',
  webhook:
    'Project admin (or Repository admin, for the webhook of one repository) is needed for webhooks.',
};

/**
 * Says in a sentence or two why an instance refused a request, and what a person can do
 * about it. Holds nothing secret, and nothing of Bitbucket's own message, which the
 * error carries beside it.
 *
 * @param options.key - of the integration, such as `integrations.bitbucketServer[0]`
 */
export function explainRefusal(
  options: { credential: DataCenterCredentialConfig; key: string },
  { status, exception, task }: Refusal,
): string {
  const { credential, key } = options;
  if (credential.kind === 'anonymous') {
    return `Bitbucket does not show this to everyone, and no credential is configured. ${createToken(key)}`;
  }
  const needed = task ? ` ${NEEDED[task]}` : '';
  if (exception === NOT_PERMITTED || (status === 403 && !exception)) {
    return `${nameOf(credential, key)} is valid, but has no permission for this.${needed} ${giveAccess(credential, key)}`;
  }
  switch (exception) {
    case 'NoAccessAuthenticationException':
      return `The account of ${keyOf(credential, key)} has no licence to use this Bitbucket instance. An administrator grants one with the global permission "Bitbucket User".`;
    case 'AuthenticationRequiredException':
      return `Bitbucket treated the request as anonymous, although ${keyOf(credential, key)} is set. Check that no proxy removes the header "Authorization"${isBasic(credential) ? ', and that the instance allows basic authentication' : ''}.`;
    case 'CaptchaRequiredAuthenticationException':
      return `Bitbucket requires the account of ${keyOf(credential, key)} to solve a CAPTCHA after too many failed logins. Log in to its web pages once, or ask an administrator to clear the CAPTCHA; an HTTP access token in ${key}.token is never asked for one.`;
    default:
      return status === 403
        ? `${nameOf(credential, key)} has no permission for this.${needed} ${giveAccess(credential, key)}`
        : explainUnknown(credential, key);
  }
}

/** A credential that the instance does not accept. */
function explainUnknown(credential: Signed, key: string): string {
  return credential.kind === 'httpAccessToken'
    ? `The HTTP access token in ${key}.token has expired, was revoked, or is of another instance. ${createToken(key)}`
    : `Bitbucket does not accept the user name and password in ${key}.username and ${key}.password: one of them is wrong, or the instance does not allow basic authentication. ${createToken(key)}`;
}

function createToken(key: string): string {
  return `Create an HTTP access token under "HTTP access tokens" in the settings of an account, with the permission "Repository read", and set it as ${key}.token.`;
}

/** Why a valid credential may not see something, as a person can change it. */
function giveAccess(credential: Signed, key: string): string {
  return credential.kind === 'httpAccessToken'
    ? `Give its account access to the project, or, if it is the token of a project or repository, which sees nothing else, create one in the settings of an account and set it as ${key}.token.`
    : `Give the account ${key}.username access to the project.`;
}

function nameOf(credential: Signed, key: string): string {
  return isBasic(credential)
    ? `The account in ${key}.username`
    : `The HTTP access token in ${key}.token`;
}

function keyOf(credential: Signed, key: string): string {
  return isBasic(credential) ? `${key}.username` : `${key}.token`;
}

function isBasic({ kind }: Signed): boolean {
  return kind === 'password';
}
