import { LoggerService, SchedulerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { Knex } from 'knex';
import { ProviderConfig } from '../../../config/types';
import { withClusterLock } from '../../../lib/withClusterLock';
import {
  ForbiddenError,
  isForbiddenError,
  isUnauthorizedError,
  UnauthorizedError,
} from '../../../scm/errors';
import { BitbucketClient } from '../BitbucketClient';
import { pullRequestScopes } from '../credentials/pullRequestScopes';
import { EVENTS, PULL_REQUEST_EVENTS } from '../delivery';
import { bitbucketCloudNames } from '../names';
import { Outcome, WantedWebhook, WebhookInstaller } from './WebhookInstaller';
import { WebhookStore } from './WebhookStore';
import { WebhookStatus } from '../../../scm/types';

const { configKeys } = bitbucketCloudNames;

type Kind = BitbucketClient['credential']['kind'];

/** Without these nothing goes; what else the events of repositories take, Bitbucket names. */
const SCOPES: Record<Kind, string[]> = {
  apiToken: ['read:webhook:bitbucket', 'write:webhook:bitbucket'],
  accessToken: ['webhook'],
  oauth: ['webhook'],
  appPassword: ['webhook'],
  anonymous: [],
};

const HOW_TO_ADD_SCOPES: Record<Kind, string> = {
  apiToken:
    'Create an API token with these scopes too, as those of an existing one cannot be changed',
  accessToken:
    'Create an access token of the workspace with these scopes too, as those of an existing one cannot be changed',
  oauth:
    'Tick these permissions of the consumer under "OAuth consumers" in the settings of the workspace',
  appPassword: 'Use an API token with scopes',
  anonymous: 'Configure one in integrations.bitbucketCloud',
};

const HOW_TO_BE_ADMINISTRATOR: Record<Kind, string> = {
  apiToken: 'Make the account of the API token an administrator',
  accessToken:
    'Create an access token in the settings of the workspace, as that of a repository or project does not reach its webhooks',
  oauth:
    'Create the OAuth consumer in the settings of the workspace, as one of its administrators',
  appPassword: 'Make the account of the app password an administrator',
  anonymous: HOW_TO_ADD_SCOPES.anonymous,
};

const BY_HAND =
  'or create the webhook manually, as docs/webhooks.md describes, and remove webhooks.url';

/** Why a credential may not see to a webhook, and what to do: some sentences. */
function explainRefusal(
  { credential: { kind } }: Pick<BitbucketClient, 'credential'>,
  { events }: WantedWebhook,
  error?: ForbiddenError | UnauthorizedError,
): string {
  if (error === undefined) {
    return `no credential is configured. ${HOW_TO_ADD_SCOPES[kind]}, ${BY_HAND}.`;
  }
  if (!isForbiddenError(error)) {
    return `${error.message} For webhooks: ${HOW_TO_BE_ADMINISTRATOR[kind]}, ${BY_HAND}.`;
  }
  const forPullRequests = events.some(event =>
    PULL_REQUEST_EVENTS.includes(event),
  )
    ? [pullRequestScopes(kind).read]
    : [];
  const missing = missingScopes([...SCOPES[kind], ...forPullRequests], error);
  if (missing.length === 0) {
    return `only administrators of the workspace can manage webhooks. ${HOW_TO_BE_ADMINISTRATOR[kind]}, ${BY_HAND}.`;
  }
  const why = forPullRequests
    .filter(scope => missing.includes(scope))
    .map(scope => ` pullRequests in ${configKeys.providers} needs ${scope}.`);
  return `the credential lacks ${missing.join(' and ')}.${why.join('')} ${HOW_TO_ADD_SCOPES[kind]}, ${BY_HAND}.`;
}

/** All at once, although Bitbucket only names those of one request. */
function missingScopes(
  needed: string[],
  { required, granted }: ForbiddenError,
): string[] {
  if (required.length === 0) {
    return [];
  }
  return [...new Set([...needed, ...required])].filter(
    // Whoever may write pull requests may read them, except with an API token.
    scope => !granted.includes(scope) && !granted.includes(`${scope}:write`),
  );
}

/**
 * Each replica looks for itself, at its start and then: soon after something went
 * wrong, and else every six hours, which costs one request.
 */
const SCHEDULE = {
  id: 'bitbucketCloud-webhooks',
  scope: 'local',
  frequency: { minutes: 30 },
  timeout: { minutes: 10 },
} as const;
const AGAIN_AFTER_MS = 6 * 3_600_000;

type Checked = Outcome & {
  /** Milliseconds since the epoch. */
  checkedAt: number;
  /** Tells failures apart whose words change from one to the next. */
  kind: string;
};

/** The webhooks that entity providers are configured to have in their workspaces. */
export class InstalledWebhooks {
  readonly #client: Pick<BitbucketClient, 'credential' | 'webhooks'>;
  readonly #open: () => Promise<Knex>;
  readonly #wanted: WantedWebhook[];
  readonly #logger: LoggerService;
  readonly #now: () => number;
  readonly #checked = new Map<WantedWebhook, Checked>();

  constructor(options: {
    client: Pick<BitbucketClient, 'credential' | 'webhooks'>;
    /** Gives the database, with the tables of this module in it. */
    open: () => Promise<Knex>;
    configs: ProviderConfig[];
    /** The first one signs deliveries; there is one if there are webhooks. */
    secrets: string[];
    logger: LoggerService;
    /** Milliseconds since the epoch. Default: now. */
    now?: () => number;
  }) {
    this.#client = options.client;
    this.#open = options.open;
    this.#wanted = wantedBy(options.configs, options.secrets[0]);
    this.#logger = options.logger;
    this.#now = options.now ?? Date.now;
  }

  /** Sees to them now, and from now on. Does nothing where there are none. */
  async schedule(scheduler: SchedulerService): Promise<void> {
    if (this.#wanted.length > 0) {
      await scheduler.scheduleTask({
        ...SCHEDULE,
        fn: signal => this.check(signal),
      });
    }
  }

  /** Sees to each that it is time for. Never rejects. */
  async check(signal: AbortSignal): Promise<void> {
    for (const wanted of this.#wanted.filter(one => this.#isDue(one))) {
      const outcome = await this.#install(wanted, signal);
      if (signal.aborted) {
        this.#logger.debug(`Stopped early: ${outcome.message}`);
        return;
      }
      this.#tell(outcome, this.#checked.get(wanted));
      this.#checked.set(wanted, outcome);
    }
  }

  /** Undefined where the provider is to have none. */
  statusOf(config: ProviderConfig): WebhookStatus | undefined {
    const wanted = this.#wanted.find(one => isFor(config, one));
    const checked = wanted && this.#checked.get(wanted);
    return (
      wanted && {
        url: wanted.url,
        state: checked?.state ?? 'unchecked',
        message: checked?.message,
        checkedAt: checked && new Date(checked.checkedAt).toISOString(),
      }
    );
  }

  #isDue(wanted: WantedWebhook): boolean {
    const checked = this.#checked.get(wanted);
    const age = this.#now() - (checked?.checkedAt ?? 0);
    return (
      !checked ||
      isBad(checked) ||
      // A clock that was set back.
      age < 0 ||
      age >= AGAIN_AFTER_MS
    );
  }

  async #install(wanted: WantedWebhook, signal: AbortSignal): Promise<Checked> {
    try {
      const outcome = await this.#tryToInstall(wanted, signal);
      return { ...outcome, kind: outcome.message, checkedAt: this.#now() };
    } catch (error) {
      const isRefusal = isForbiddenError(error) || isUnauthorizedError(error);
      const { name, message } = toError(error);
      return {
        ...this.#bad(
          wanted,
          isRefusal ? explainRefusal(this.#client, wanted, error) : message,
          isRefusal ? 'refused' : 'failed',
        ),
        kind: name,
        checkedAt: this.#now(),
      };
    }
  }

  async #tryToInstall(
    wanted: WantedWebhook,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const client = this.#client;
    if (client.credential.kind === 'anonymous') {
      return this.#bad(wanted, explainRefusal(client, wanted), 'refused');
    }
    const urls = this.#wanted.map(({ url }) => url);
    const knex = await this.#open();
    const store = new WebhookStore(knex);
    const installer = new WebhookInstaller({ client, store });
    // Two that look at once would each find no webhook, and make one.
    return withClusterLock(knex, { name: 'webhooks', signal }, atWork =>
      installer.install(wanted, urls, atWork),
    );
  }

  #bad(
    { workspace, url }: WantedWebhook,
    why: string,
    state: 'refused' | 'failed',
  ): Outcome {
    const { label } = this.#client.credential;
    return {
      state,
      message: `Webhook ${url} of workspace ${workspace} cannot be installed or checked (${label}): ${why}`,
    };
  }

  /** In one line; what was said last time is not said again. */
  #tell(outcome: Checked, last?: Checked): void {
    const isNews = outcome.state !== last?.state || outcome.kind !== last.kind;
    const level = isBad(outcome) ? 'warn' : 'info';
    this.#logger[isNews ? level : 'debug'](outcome.message);
  }
}

/** Providers of one workspace share a webhook, and what any of them needs it for. */
function wantedBy(configs: ProviderConfig[], secret: string): WantedWebhook[] {
  const wanted: WantedWebhook[] = [];
  for (const config of configs) {
    const { workspace, webhooks } = config;
    if (webhooks && !wanted.some(one => isFor(config, one))) {
      const checksPullRequests = configs.some(
        other => other.workspace === workspace && other.pullRequests,
      );
      const events = checksPullRequests
        ? [...EVENTS, ...PULL_REQUEST_EVENTS]
        : EVENTS;
      wanted.push({ workspace, url: webhooks.url, events, secret });
    }
  }
  return wanted;
}

function isFor({ workspace, webhooks }: ProviderConfig, wanted: WantedWebhook) {
  return workspace === wanted.workspace && webhooks?.url === wanted.url;
}

function isBad({ state }: Outcome): boolean {
  return state === 'refused' || state === 'failed';
}
