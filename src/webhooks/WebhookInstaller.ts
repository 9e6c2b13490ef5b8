import { setTimeout as sleep } from 'node:timers/promises';
import { isUnavailableError, isUnexpectedResponseError } from '../scm/errors';
import { ScmWebhooks, Webhook, WebhookPlace } from '../scm/webhooks';
import { StoredWebhook, WebhookStore } from './WebhookStore';

/** A webhook that is to be there. */
type WantedWebhook = {
  place: WebhookPlace;
  /** Where the host is to deliver. */
  url: string;
  /** What the host is to deliver, such as `repo:push`. */
  events: string[];
  /** Signs the deliveries. */
  secret: string;
};

/**
 * What seeing to a webhook came to: all is well with it; it was made; it was put
 * in order; the host does not let the credential; or something else went wrong,
 * which may pass.
 */
export type WebhookState =
  'installed' | 'created' | 'repaired' | 'refused' | 'failed';

export type Outcome = {
  state: WebhookState;
  /** What follows "Webhook … of …" in a line, without secrets. */
  text: string;
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
 * Sentences about webhooks that someone should delete, as this module never
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
  placeKind: ScmWebhooks['placeKind'],
): string[] {
  const others = webhooks.filter(({ uuid }) => uuid !== webhook.uuid);
  const remarks = others
    .filter(({ url }) => isSameUrl(url, webhook.url))
    .map(
      ({ uuid }) =>
        `Webhook ${uuid} delivers there too; delete it in the settings of the ${placeKind}, unless it is needed.`,
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
        `Webhook ${uuid} was made for ${url}, which is no longer configured; delete it in the settings of the ${placeKind}, unless it is needed.`,
    );
  return [...remarks, ...abandoned];
}

/** Shown in the host's list of webhooks. */
const DESCRIPTION = 'Backstage catalog';

/** How often a webhook is made that may have been made already. */
const MAX_ATTEMPTS = 3;
const DEFAULT_WAIT_MS = 5_000;

/**
 * Keeps one webhook for a URL in a place, for all events that matter here.
 * Other webhooks stay as they are, and none is ever deleted.
 */
export class WebhookInstaller {
  readonly #webhooks: ScmWebhooks;
  readonly #store: WebhookStore;
  readonly #waitMs: number;

  /** @param options - `waitMs` before a webhook is looked for that may have been made */
  constructor(options: {
    webhooks: ScmWebhooks;
    store: WebhookStore;
    waitMs?: number;
  }) {
    this.#webhooks = options.webhooks;
    this.#store = options.store;
    this.#waitMs = options.waitMs ?? DEFAULT_WAIT_MS;
  }

  /**
   * One request where all is well, and two where something is to be done.
   *
   * @param urls - all that are configured, whatever the place
   * @throws the host's errors
   */
  async install(
    wanted: WantedWebhook,
    urls: string[],
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { place, url } = wanted;
    const webhooks = await this.#list(place, signal);
    const known = await this.#recall(place, webhooks);
    const found = findWebhook(url, webhooks, known);
    const { webhook, state, text } = found
      ? await this.#repair(found, wanted, known, signal)
      : await this.#make(wanted, signal);
    const problems = faultsOf(webhook, wanted).map(
      fault => `Bitbucket did not apply everything: it ${fault}.`,
    );
    const { placeKind } = this.#webhooks;
    return {
      state: problems.length > 0 ? 'failed' : state,
      text: [
        `${text}.`,
        ...problems,
        ...remarksOn(webhook, webhooks, known, urls, placeKind),
      ].join(' '),
    };
  }

  async #list(place: WebhookPlace, signal: AbortSignal): Promise<Webhook[]> {
    const webhooks: Webhook[] = [];
    for await (const webhook of this.#webhooks.list(place, { signal })) {
      webhooks.push(webhook);
    }
    return webhooks;
  }

  /** What is remembered, without what someone has deleted. */
  async #recall(
    { key }: WebhookPlace,
    webhooks: Webhook[],
  ): Promise<StoredWebhook[]> {
    const uuids = webhooks.map(({ uuid }) => uuid);
    const known = await this.#store.find(key, uuids);
    const gone = known.filter(
      ({ place, uuid }) => place === key && !uuids.includes(uuid),
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
    const { place, url, events, secret } = wanted;
    const memory = known.find(({ uuid }) => uuid === found.uuid);
    const faults = faultsOf(found, wanted);
    if (found.hasSecret && !(await memory?.has(secret))) {
      faults.push(
        memory ? 'had another secret' : 'may have had another secret',
      );
    }
    if (faults.length === 0) {
      return {
        webhook: found,
        state: 'installed',
        text: 'is set up correctly',
      };
    }
    const webhook = await this.#webhooks.update(
      place,
      found.uuid,
      {
        url: isSameUrl(found.url, url) ? found.url : url,
        description: found.description,
        events: allEvents(found, events),
        // Someone may have given it another one, which the host does not tell.
        secret,
      },
      { signal },
    );
    const isOwn = memory?.isOwn ?? false;
    await this.#store.save(
      { uuid: webhook.uuid, place: place.key, url, isOwn },
      secret,
    );
    return {
      webhook,
      state: 'repaired',
      text: `was repaired: it ${faults.join(', and ')}`,
    };
  }

  async #make(wanted: WantedWebhook, signal: AbortSignal): Promise<Done> {
    const { place, url, secret } = wanted;
    const webhook = await this.#create(wanted, signal);
    const { uuid } = webhook;
    const made = { uuid, place: place.key, url, isOwn: true };
    await this.#store.save(made, secret);
    return { webhook, state: 'created', text: 'was installed' };
  }

  /** Where no good answer came, the webhook is looked for before it is made again. */
  async #create(
    { place, url, events, secret }: WantedWebhook,
    signal: AbortSignal,
  ): Promise<Webhook> {
    const settings = { url, description: DESCRIPTION, events, secret };
    for (let attempts = 1; ; attempts += 1) {
      try {
        return await this.#webhooks.create(place, settings, { signal });
      } catch (error) {
        if (attempts === MAX_ATTEMPTS || !mayHaveWorked(error)) {
          throw error;
        }
      }
      await sleep(this.#waitMs, undefined, { signal });
      const webhooks = await this.#list(place, signal);
      const made = webhooks.find(webhook => isSameUrl(webhook.url, url));
      if (made) {
        return made;
      }
    }
  }
}

type Done = { webhook: Webhook; state: WebhookState; text: string };

function mayHaveWorked(error: unknown): boolean {
  return (
    isUnavailableError(error) ||
    // Made, but the answer makes no sense.
    (isUnexpectedResponseError(error) && (error.status ?? 0) < 300)
  );
}
