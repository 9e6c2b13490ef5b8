import { setTimeout as sleep } from 'node:timers/promises';
import {
  isUnavailableError,
  isUnexpectedResponseError,
} from '../../../scm/errors';
import { BitbucketClient } from '../BitbucketClient';
import { Webhook } from '../schemas';
import { StoredWebhook, WebhookStore } from './WebhookStore';

/** A webhook that is to be there. */
export type WantedWebhook = {
  /** Slug or `{uuid}`. */
  workspace: string;
  /** Where Bitbucket is to deliver. */
  url: string;
  /** What Bitbucket is to deliver, such as `repo:push`. */
  events: string[];
  /** Signs the deliveries. */
  secret: string;
};

/**
 * What seeing to a webhook came to: all is well with it; it was made; it was put
 * in order; Bitbucket does not let the credential; or something else went wrong,
 * which may pass.
 */
export type WebhookState =
  'installed' | 'created' | 'repaired' | 'refused' | 'failed';

export type Outcome = {
  state: WebhookState;
  /** One line, without secrets. */
  message: string;
};

/** Whether two URLs are the same but for the way they are written. */
function isSameUrl(one: string, other: string): boolean {
  return normal(one) === normal(other);
}

function normal(url: string): string {
  return (URL.canParse(url) ? new URL(url).href : url).replace(/\/+$/, '');
}

/**
 * The webhook that is to deliver to a URL: one that does so, the remembered one
 * first; or one that was made for it here and has been given another URL since.
 * Anything else belongs to others.
 */
function findWebhook(
  url: string,
  webhooks: Webhook[],
  known: StoredWebhook[],
): Webhook | undefined {
  const isOneOf = (group: StoredWebhook[]) => (webhook: Webhook) =>
    group.some(({ uuid }) => uuid === webhook.uuid);
  const made = known.filter(one => one.isOwn && isSameUrl(one.url, url));
  const delivering = webhooks.filter(webhook => isSameUrl(webhook.url, url));
  return (
    delivering.find(isOneOf(known)) ??
    delivering[0] ??
    webhooks.find(isOneOf(made))
  );
}

/** What keeps a webhook from telling all there is to know, each to follow "it". */
function faultsOf(
  webhook: Webhook,
  { url, events }: Pick<WantedWebhook, 'url' | 'events'>,
): string[] {
  const missing = missingEvents(webhook, events);
  return [
    ...(isSameUrl(webhook.url, url) ? [] : ['delivered elsewhere']),
    ...(webhook.isActive ? [] : ['was disabled']),
    ...(missing.length > 0 ? [`did not report ${missing.join(', ')}`] : []),
    ...(webhook.hasSecret ? [] : ['had no secret']),
  ];
}

/** The events of a webhook, and those that it lacks. None is ever taken away. */
function allEvents(webhook: Webhook, wanted: string[]): string[] {
  return [...webhook.events, ...missingEvents(webhook, wanted)];
}

function missingEvents({ events }: Webhook, wanted: string[]): string[] {
  return wanted.filter(event => !events.includes(event));
}

/**
 * Sentences about webhooks that somebody should delete, as this module never
 * does: those that deliver a second time, and those that were made for a URL
 * which is configured no more.
 *
 * @param urls - that are configured
 */
function remarksOn(
  webhook: Webhook,
  webhooks: Webhook[],
  known: StoredWebhook[],
  urls: string[],
): string[] {
  const others = webhooks.filter(({ uuid }) => uuid !== webhook.uuid);
  const remarks = others
    .filter(({ url }) => isSameUrl(url, webhook.url))
    .map(
      ({ uuid }) =>
        `Webhook ${uuid} delivers there too; delete it in the settings of the workspace, unless it is needed.`,
    );
  const abandoned = known
    .filter(one => one.isOwn && !urls.some(url => isSameUrl(url, one.url)))
    .filter(one =>
      others.some(
        ({ uuid, url }) => uuid === one.uuid && isSameUrl(url, one.url),
      ),
    )
    .map(
      ({ uuid, url }) =>
        `Webhook ${uuid} was made for ${url}, which is no longer configured; delete it in the settings of the workspace, unless it is needed.`,
    );
  return [...remarks, ...abandoned];
}

/** Shown in the list of webhooks at Bitbucket. */
const DESCRIPTION = 'Backstage catalog';

/** How often a webhook is made that may have been made already. */
const MAX_ATTEMPTS = 3;
const DEFAULT_WAIT_MS = 5_000;

/**
 * Keeps one webhook for a URL in a workspace, for all events that matter here.
 * Other webhooks stay as they are, and none is ever deleted.
 */
export class WebhookInstaller {
  readonly #client: Pick<BitbucketClient, 'webhooks'>;
  readonly #store: WebhookStore;
  readonly #waitMs: number;

  /** @param options - `waitMs` before a webhook is looked for that may have been made */
  constructor(options: {
    client: Pick<BitbucketClient, 'webhooks'>;
    store: WebhookStore;
    waitMs?: number;
  }) {
    this.#client = options.client;
    this.#store = options.store;
    this.#waitMs = options.waitMs ?? DEFAULT_WAIT_MS;
  }

  /**
   * One request where all is well, and two where something is to be done.
   *
   * @param urls - all that are configured, whatever the workspace
   * @throws the client's errors
   */
  async install(
    wanted: WantedWebhook,
    urls: string[],
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { workspace, url } = wanted;
    const webhooks = await this.#list(workspace, signal);
    const known = await this.#recall(workspace, webhooks);
    const found = findWebhook(url, webhooks, known);
    const { webhook, state, message } = found
      ? await this.#repair(found, wanted, known, signal)
      : await this.#make(wanted, signal);
    const problems = faultsOf(webhook, wanted).map(
      fault => `Bitbucket did not apply everything: it ${fault}.`,
    );
    return {
      state: problems.length > 0 ? 'failed' : state,
      message: [
        `Webhook ${url} of workspace ${workspace} ${message}.`,
        ...problems,
        ...remarksOn(webhook, webhooks, known, urls),
      ].join(' '),
    };
  }

  async #list(workspace: string, signal: AbortSignal): Promise<Webhook[]> {
    const webhooks: Webhook[] = [];
    for await (const webhook of this.#client.webhooks.list(workspace, {
      signal,
    })) {
      webhooks.push(webhook);
    }
    return webhooks;
  }

  /** What is remembered, without what somebody has deleted. */
  async #recall(
    workspace: string,
    webhooks: Webhook[],
  ): Promise<StoredWebhook[]> {
    const known = await this.#store.all();
    const gone = known.filter(
      one =>
        one.workspace === workspace &&
        !webhooks.some(({ uuid }) => uuid === one.uuid),
    );
    for (const one of gone) {
      await this.#store.forget(one);
    }
    return known.filter(one => !gone.includes(one));
  }

  async #repair(
    found: Webhook,
    wanted: WantedWebhook,
    known: StoredWebhook[],
    signal: AbortSignal,
  ): Promise<Done> {
    const { workspace, url, events, secret } = wanted;
    const memory = known.find(({ uuid }) => uuid === found.uuid);
    const faults = faultsOf(found, wanted);
    if (found.hasSecret && !(await memory?.has(secret))) {
      faults.push(
        memory ? 'had another secret' : 'may have had another secret',
      );
    }
    if (faults.length === 0) {
      return { webhook: found, state: 'installed', message: 'is in order' };
    }
    const webhook = await this.#client.webhooks.update(
      workspace,
      found.uuid,
      {
        url: isSameUrl(found.url, url) ? found.url : url,
        description: found.description,
        events: allEvents(found, events),
        // Somebody may have given it another one, which Bitbucket does not tell.
        secret,
      },
      { signal },
    );
    const isOwn = memory?.isOwn ?? false;
    await this.#store.save(
      { uuid: webhook.uuid, workspace, url, isOwn },
      secret,
    );
    return {
      webhook,
      state: 'repaired',
      message: `was repaired: it ${faults.join(', and ')}`,
    };
  }

  async #make(wanted: WantedWebhook, signal: AbortSignal): Promise<Done> {
    const { workspace, url, secret } = wanted;
    const webhook = await this.#create(wanted, signal);
    const { uuid } = webhook;
    await this.#store.save({ uuid, workspace, url, isOwn: true }, secret);
    return { webhook, state: 'created', message: 'was installed' };
  }

  /** Where no good answer came, the webhook is looked for before it is made again. */
  async #create(
    { workspace, url, events, secret }: WantedWebhook,
    signal: AbortSignal,
  ): Promise<Webhook> {
    const settings = { url, description: DESCRIPTION, events, secret };
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await this.#client.webhooks.create(workspace, settings, {
          signal,
        });
      } catch (error) {
        if (attempts === MAX_ATTEMPTS || !mayHaveWorked(error)) {
          throw error;
        }
      }
      await sleep(this.#waitMs, undefined, { signal });
      const webhooks = await this.#list(workspace, signal);
      const made = webhooks.find(webhook => isSameUrl(webhook.url, url));
      if (made) {
        return made;
      }
    }
  }
}

type Done = { webhook: Webhook; state: WebhookState; message: string };

function mayHaveWorked(error: unknown): boolean {
  return (
    isUnavailableError(error) ||
    // Made, but the answer makes no sense.
    (isUnexpectedResponseError(error) && (error.status ?? 0) < 300)
  );
}
