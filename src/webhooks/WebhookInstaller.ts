import { setTimeout as sleep } from 'node:timers/promises';
import {
  BitbucketClient,
  isUnavailableError,
  isUnexpectedResponseError,
  Webhook,
} from '../bitbucket';
import { EVENTS } from '../events';
import { allEvents, faultsOf, findWebhook, isSameUrl } from './compare';
import { remarksOn } from './remarks';
import { Outcome, WantedWebhook, WebhookState } from './types';
import { KnownWebhook, WebhookStore } from './WebhookStore';

/** Shown in the list of webhooks at Bitbucket. */
const DESCRIPTION = 'Backstage catalog';

/** How often a webhook is made that may have been made already. */
const MAX_ATTEMPTS = 3;
const DEFAULT_WAIT_MS = 5_000;

/**
 * Sees to it that a workspace has one webhook for a URL, which tells of
 * everything that there is to know. Others stay as they are, and none is ever
 * deleted.
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
    const problems = faultsOf(webhook, url).map(
      fault => `Bitbucket did not take over everything: it ${fault}.`,
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
  ): Promise<KnownWebhook[]> {
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
    { workspace, url, secret }: WantedWebhook,
    known: KnownWebhook[],
    signal: AbortSignal,
  ): Promise<Done> {
    const memory = known.find(({ uuid }) => uuid === found.uuid);
    const faults = faultsOf(found, url);
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
        events: allEvents(found),
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
    { workspace, url, secret }: WantedWebhook,
    signal: AbortSignal,
  ): Promise<Webhook> {
    const settings = { url, description: DESCRIPTION, events: EVENTS, secret };
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
