import type { SimulatedRepository, SimulatedWorkspace } from '../world';
import { badCredentials, noLicence } from './errors';
import type { SimulatedInstance } from './instance';
import type { BucketSettings } from './rateLimit';

/** Each includes those before it. */
export type Level = 'READ' | 'WRITE' | 'ADMIN';

type AccountSettings = {
  /** Of the user: stands in the request log and in `X-AUSERNAME`. */
  name: string;
  /** What it may do in projects. Default `READ`. */
  projectPermission?: Level;
  /** What it may do in repositories, at least what it may in projects. Default `READ`. */
  repositoryPermission?: Level;
  /** Which projects it can see, by key. Default: all. */
  seesProject?: (key: string) => boolean;
  /** Which repositories it can see of those projects. Default: all. */
  sees?: (repository: SimulatedRepository) => boolean;
  /** A credential that was revoked. */
  revoked?: boolean;
  /** Milliseconds since the epoch, after which it is refused. Default: never. */
  expiresAt?: number;
  /** Whether the user may use Bitbucket at all. Default true. */
  licensed?: boolean;
  /** What an administrator allows it instead of the instance's rate limit. */
  rateLimit?: BucketSettings | 'exempt';
};

/**
 * A credential and what it may do. The simulator looks at the object with every
 * request, so a test may change it on the way.
 */
export type DataCenterAccount = AccountSettings &
  (
    | {
        kind: 'userToken';
        /** As bearer token, or as the password of the user. */
        token: string;
      }
    | { kind: 'password'; password: string }
    | {
        /** Sees one project; a bearer token only. */
        kind: 'projectToken';
        token: string;
        /** Its key. */
        project: string;
      }
    | {
        /** Sees one repository; a bearer token only. */
        kind: 'repositoryToken';
        token: string;
        /** Key and slug, such as `PAY/api`. */
        repository: string;
      }
  );

/** The sender of a request, and what it may do; undefined is not even to see it. */
export type Viewer = {
  name: string;
  isAnonymous: boolean;
  rateLimit?: BucketSettings | 'exempt';
  projectLevel: (project: SimulatedWorkspace) => Level | undefined;
  repositoryLevel: (repository: SimulatedRepository) => Level | undefined;
};

const LEVELS: Level[] = ['READ', 'WRITE', 'ADMIN'];

export const reaches = (has: Level | undefined, wanted: Level) =>
  has !== undefined && LEVELS.indexOf(has) >= LEVELS.indexOf(wanted);

/** Knows the accounts. */
export class Accounts {
  constructor(
    private readonly accounts: DataCenterAccount[] | undefined,
    private readonly options: {
      instance: SimulatedInstance;
      /** Whether public repositories are shown to everybody. */
      publicAccess: boolean;
      /** Whether passwords and tokens work as Basic credentials. */
      basicAuthentication: boolean;
      now: () => number;
    },
  ) {}

  /** @throws ApiError (401) for a credential that is not valid */
  authenticate(authorization: string | undefined): Viewer {
    if (!this.accounts) {
      return everybody(authorization);
    }
    if (authorization === undefined) {
      return this.anonymous();
    }
    const account = this.find(authorization);
    const { now } = this.options;
    if (
      !account ||
      account.revoked ||
      (account.expiresAt ?? Infinity) < now()
    ) {
      throw badCredentials();
    }
    if (account.licensed === false) {
      throw noLicence();
    }
    return this.toViewer(account);
  }

  private find(authorization: string): DataCenterAccount | undefined {
    const [scheme, value = ''] = authorization.split(' ', 2);
    if (scheme.toLowerCase() === 'bearer') {
      return this.accounts?.find(
        account => account.kind !== 'password' && account.token === value,
      );
    }
    const decoded = Buffer.from(value, 'base64').toString();
    const colon = decoded.indexOf(':');
    const name = decoded.slice(0, Math.max(colon, 0));
    const password = decoded.slice(colon + 1);
    return this.options.basicAuthentication
      ? this.accounts?.find(
          account =>
            account.name === name &&
            ((account.kind === 'password' && account.password === password) ||
              (account.kind === 'userToken' && account.token === password)),
        )
      : undefined;
  }

  private anonymous(): Viewer {
    const { instance, publicAccess } = this.options;
    return {
      name: 'anonymous',
      isAnonymous: true,
      projectLevel: project =>
        publicAccess && instance.factsOf(project).isPublic ? 'READ' : undefined,
      repositoryLevel: repository =>
        publicAccess && instance.isPublic(repository) ? 'READ' : undefined,
    };
  }

  private toViewer(account: DataCenterAccount): Viewer {
    const { projectPermission = 'READ', repositoryPermission = 'READ' } =
      account;
    const level = reaches(repositoryPermission, projectPermission)
      ? repositoryPermission
      : projectPermission;
    const { name, rateLimit } = account;
    const seesProject = (project: SimulatedWorkspace) =>
      account.seesProject?.(project.slug) ?? true;
    return {
      name,
      rateLimit,
      isAnonymous: false,
      projectLevel: project =>
        seesProject(project) && this.isWithin(account, project)
          ? projectPermission
          : undefined,
      repositoryLevel: repository =>
        seesProject(repository.workspace) &&
        (account.sees?.(repository) ?? true) &&
        this.isWithin(account, repository.workspace, repository)
          ? level
          : undefined,
    };
  }

  /** Whether something is what a token of a project or repository is for. */
  private isWithin(
    account: DataCenterAccount,
    project: SimulatedWorkspace,
    repository?: SimulatedRepository,
  ): boolean {
    const { instance } = this.options;
    if (account.kind === 'projectToken') {
      const { project: key } = account;
      const own = instance.findProject(key) ?? instance.findRenamedProject(key);
      return project === own;
    }
    if (account.kind === 'repositoryToken') {
      const [key, slug] = account.repository.split('/');
      const own =
        instance.findProject(key)?.findRepository(slug) ??
        instance.findMovedRepository(key, slug);
      return repository !== undefined && repository === own;
    }
    return true;
  }
}

/** Used where a simulator has no accounts: everything is open to everybody. */
function everybody(authorization: string | undefined): Viewer {
  const isAnonymous = authorization === undefined;
  const level = isAnonymous ? 'READ' : 'ADMIN';
  return {
    name: isAnonymous ? 'anonymous' : 'unchecked',
    isAnonymous,
    projectLevel: () => level,
    repositoryLevel: () => level,
  };
}
