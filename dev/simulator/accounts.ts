import { sha1, SimulatedRepository } from './world';
import { Scope } from './endpoints';
import { badBasicCredentials, badBearerToken, missingScope } from './errors';

type AccountSettings = {
  /** Stands in the request log; never a secret. */
  name: string;
  /** What the credential was granted. Default: everything that is read. */
  scopes?: string[];
  /** Slugs of the workspaces it may enter; others answer 403. Default: all. */
  workspaces?: string[];
  /** Which repositories it can see; others do not exist for it. Default: all. */
  sees?: (repository: SimulatedRepository) => boolean;
  /** Whether it may see and change the webhooks of workspaces. Default true. */
  administers?: boolean;
  /** Allowance for repositories, instead of the simulator's. */
  requestsPerHour?: number;
  /** A credential that was revoked or has expired. */
  revoked?: boolean;
};

/**
 * A credential and what it may do. The simulator looks at the object with every
 * request, so a test may change it on the way.
 */
export type SimulatedAccount = AccountSettings &
  (
    | {
        kind: 'apiToken';
        /** E-mail address of an Atlassian account. */
        username: string;
        token: string;
      }
    | { kind: 'accessToken'; token: string }
    | { kind: 'appPassword'; username: string; appPassword: string }
    | OAuthConsumer
  );

export type OAuthConsumer = {
  kind: 'oauth';
  clientId: string;
  clientSecret: string;
  /** A consumer that is not private gets no token. Default true. */
  isPrivate?: boolean;
  /** Seconds that its tokens live. Default 7200. */
  expiresIn?: number;
};

/** The sender of a request, and what it may do. */
export type Viewer = {
  name: string;
  isAnonymous: boolean;
  requestsPerHour?: number;
  sees: (repository: SimulatedRepository) => boolean;
  mayEnter: (workspace: string) => boolean;
  /** Whether it is an administrator of the workspaces that it may enter. */
  administers: boolean;
  /** @throws ApiError (403) where a scope is missing */
  require: (scope: Scope) => void;
};

const ANONYMOUS: Viewer = {
  name: 'anonymous',
  isAnonymous: true,
  sees: repository => !repository.isPrivate,
  mayEnter: () => true,
  administers: false,
  require: () => {},
};

/** Used where a simulator has no accounts: everything is open to everybody. */
const everybody = (authorization: string | undefined): Viewer => ({
  ...ANONYMOUS,
  ...(authorization === undefined
    ? {}
    : { name: 'unchecked', isAnonymous: false, administers: true }),
  sees: () => true,
});

type IssuedToken = { account: SimulatedAccount; expiresAt: number };

/** Knows the accounts, and the OAuth tokens given out in their name. */
export class Accounts {
  private readonly tokens = new Map<string, IssuedToken>();
  private tokensIssued = 0;

  constructor(
    private readonly accounts: SimulatedAccount[] | undefined,
    private readonly options: {
      appPasswords: boolean;
      now: () => number;
    },
  ) {}

  /** @throws ApiError or PlainError (401) for a credential that is not valid */
  authenticate(authorization: string | undefined): Viewer {
    if (!this.accounts) {
      return everybody(authorization);
    }
    if (authorization === undefined) {
      return ANONYMOUS;
    }
    const [scheme, value = ''] = authorization.split(' ', 2);
    if (scheme.toLowerCase() === 'bearer') {
      return toViewer(this.byBearer(value));
    }
    return toViewer(this.byBasic(decodeBasic(value)));
  }

  /** The consumer whose key and secret these are, if there is one. */
  consumer(
    authorization: string | undefined,
  ): (SimulatedAccount & OAuthConsumer) | undefined {
    const { username, password } = decodeBasic(
      authorization?.replace(/^basic /i, '') ?? '',
    );
    return this.accounts?.find(
      (account): account is SimulatedAccount & OAuthConsumer =>
        account.kind === 'oauth' &&
        !account.revoked &&
        account.clientId === username &&
        account.clientSecret === password,
    );
  }

  issueToken(account: SimulatedAccount, expiresIn: number): string {
    this.tokensIssued += 1;
    const token = sha1('token', account.name, String(this.tokensIssued));
    const expiresAt = this.options.now() + expiresIn * 1000;
    this.tokens.set(token, { account, expiresAt });
    return token;
  }

  /** Makes every token given out so far worthless. */
  revokeTokens(): void {
    this.tokens.clear();
  }

  private byBearer(token: string): SimulatedAccount {
    const issued = this.tokens.get(token);
    const account =
      issued && issued.expiresAt > this.options.now()
        ? issued.account
        : this.accounts?.find(
            candidate =>
              candidate.kind === 'accessToken' && candidate.token === token,
          );
    if (!account || account.revoked) {
      throw badBearerToken();
    }
    return account;
  }

  private byBasic({ username, password }: BasicCredentials): SimulatedAccount {
    const account = this.accounts?.find(candidate => {
      switch (candidate.kind) {
        case 'apiToken':
          return (
            candidate.username === username && candidate.token === password
          );
        case 'appPassword':
          return (
            this.options.appPasswords &&
            candidate.username === username &&
            candidate.appPassword === password
          );
        default:
          return false;
      }
    });
    if (!account || account.revoked) {
      throw badBasicCredentials();
    }
    return account;
  }
}

type BasicCredentials = { username: string; password: string };

function decodeBasic(value: string): BasicCredentials {
  const decoded = Buffer.from(value, 'base64').toString();
  const colon = decoded.indexOf(':');
  return {
    username: decoded.slice(0, Math.max(colon, 0)),
    password: decoded.slice(colon + 1),
  };
}

function toViewer(account: SimulatedAccount): Viewer {
  return {
    name: account.name,
    isAnonymous: false,
    requestsPerHour: account.requestsPerHour,
    sees: repository => account.sees?.(repository) ?? true,
    mayEnter: workspace => account.workspaces?.includes(workspace) ?? true,
    administers: account.administers ?? true,
    require: scope => requireScope(account, scope),
  };
}

/**
 * OAuth scopes that bring others along; the scopes of API tokens never do.
 *
 * @see https://developer.atlassian.com/cloud/bitbucket/rest/intro/#oauth-2-0-scopes
 */
const IMPLIED: Record<string, string[] | undefined> = {
  'repository:write': ['repository'],
  project: ['repository'],
  pullrequest: ['repository'],
  'pullrequest:write': ['pullrequest', 'repository', 'repository:write'],
};

function requireScope(account: SimulatedAccount, scope: Scope): void {
  const required = account.kind === 'apiToken' ? scope.apiToken : scope.oauth;
  if (required === undefined || account.scopes === undefined) {
    return;
  }
  const granted =
    account.kind === 'apiToken'
      ? account.scopes
      : account.scopes.flatMap(name => [name, ...(IMPLIED[name] ?? [])]);
  if (!granted.includes(required)) {
    throw missingScope(account.scopes, required);
  }
}
