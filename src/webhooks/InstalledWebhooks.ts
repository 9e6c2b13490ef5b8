import { LoggerService, SchedulerService } from '@backstage/backend-plugin-api';
import { toError } from '@backstage/errors';
import { Knex } from 'knex';
import { ProviderConfig } from '../config/types';
import { withClusterLock } from '../lib/withClusterLock';
import {
  isForbiddenError,
  isRateLimitedError,
  isUnauthorizedError,
  isUnavailableError,
} from '../scm/errors';
import { ScmHost } from '../scm/ScmHost';
import { WebhookStatus } from '../scm/types';
import { ScmWebhooks, WebhookPlace } from '../scm/webhooks';
import { Outcome, WebhookInstaller } from './WebhookInstaller';
import { WebhookStore } from './WebhookStore';
import { Checked, isBad, linesOn, statusOf } from './summary';
import { Wanted, wantedBy } from './wanted';

/**
 * Each replica looks for itself, at its start and then: soon after something went
 * wrong, and else every six hours, which costs one request.
 */
const EVERY = { minutes: 30 } as const;
const TIMEOUT = { minutes: 10 } as const;
const AGAIN_AFTER_MS = 6 * 3_600_000;

/**
 * Projects come with walks, and there may be a thousand: each is looked at once in six
 * hours by one replica, which the others learn from the database, and a few at a time.
 */
const PROJECTS = {
  every: { minutes: 5 },
  atOnce: 200,
  againAfterFailureMs: 30 * 60_000,
} as const;

/** Outcomes that are new, and those that are as they were the last time. */
type Lines = Record<'news' | 'repeated', Checked[]>;

/** A host that can see to webhooks. */
type WebhookHost = Pick<ScmHost, 'credential'> & { webhooks: ScmWebhooks };

/** The webhooks that entity providers are configured to have in their workspaces or projects. */
export class InstalledWebhooks {
  readonly #host: WebhookHost;
  readonly #taskId: string;
  readonly #open: () => Promise<Knex>;
  readonly #wanted: Wanted[];
  readonly #secret: string;
  readonly #projects: (config: ProviderConfig) => Promise<string[]>;
  readonly #logger: LoggerService;
  readonly #now: () => number;
  #store?: WebhookStore;
  #hasChecked = false;

  constructor(options: {
    host: WebhookHost;
    /** Of the task that looks after them; no other host has the same. */
    taskId: string;
    /** Gives the database, with the tables of this module in it. */
    open: () => Promise<Knex>;
    configs: ProviderConfig[];
    /** The first one signs deliveries; there is one if there are webhooks. */
    secrets: string[];
    /** The keys of the projects of a provider's repositories. Default: none. */
    projects?: (config: ProviderConfig) => Promise<string[]>;
    logger: LoggerService;
    /** Milliseconds since the epoch. Default: now. */
    now?: () => number;
  }) {
    this.#host = options.host;
    this.#taskId = options.taskId;
    this.#open = options.open;
    this.#wanted = wantedBy(options.configs, options.host.webhooks);
    [this.#secret] = options.secrets;
    this.#projects = options.projects ?? (async () => []);
    this.#logger = options.logger;
    this.#now = options.now ?? Date.now;
  }

  get #isOfProjects(): boolean {
    return this.#host.webhooks.placeKind === 'project';
  }

  /** Checks them now, and regularly from now on. Does nothing where there are none. */
  async schedule(scheduler: SchedulerService): Promise<void> {
    if (this.#wanted.length > 0) {
      await scheduler.scheduleTask({
        id: this.#taskId,
        scope: 'local',
        frequency: this.#isOfProjects ? PROJECTS.every : EVERY,
        timeout: TIMEOUT,
        fn: signal => this.check(signal),
      });
    }
  }

  /** Checks each one that is due. Never rejects. */
  async check(signal: AbortSignal): Promise<void> {
    for (const wanted of this.#wanted) {
      await this.#findPlaces(wanted);
      const lines: Lines = { news: [], repeated: [] };
      const end = await this.#checkPlaces(wanted, lines, signal);
      this.#report(wanted, lines);
      if (end !== undefined) {
        this.#logger.debug(`Stopped early: ${end}`);
        break;
      }
    }
    this.#hasChecked = true;
  }

  /** Undefined where the provider is to have none. */
  statusOf(config: ProviderConfig): WebhookStatus | undefined {
    const wanted = this.#wantedFor(config);
    const places = wanted?.placesOf.get(config.id) ?? [];
    return (
      wanted &&
      statusOf(
        wanted.url,
        this.#host.webhooks.placeKind,
        places.length,
        places.flatMap(({ key }) => wanted.checked.get(key) ?? []),
      )
    );
  }

  /** Whether a provider is to have webhooks that were not checked since the start. */
  isPending(config: ProviderConfig): boolean {
    return !this.#hasChecked && this.#wantedFor(config) !== undefined;
  }

  #wantedFor({ workspace, webhooks }: ProviderConfig): Wanted | undefined {
    return this.#wanted.find(
      one => one.workspace === workspace && one.url === webhooks?.url,
    );
  }

  /** Never rejects: where projects cannot be read, those of the last time are looked at. */
  async #findPlaces(wanted: Wanted): Promise<void> {
    const { webhooks } = this.#host;
    try {
      for (const config of wanted.configs) {
        const keys = this.#isOfProjects ? await this.#projects(config) : [];
        const places = webhooks.placesOf(wanted.workspace, keys);
        wanted.placesOf.set(config.id, places);
      }
      const places = [...wanted.placesOf.values()].flat();
      const byKey = new Map(places.map(place => [place.key, place]));
      wanted.places = [...byKey.values()];
      for (const key of wanted.checked.keys()) {
        if (!byKey.has(key)) {
          wanted.checked.delete(key);
        }
      }
      if (this.#isOfProjects) {
        await this.#recall(wanted);
      }
    } catch (error) {
      this.#logger.warn(
        `Could not read for which projects the webhook ${wanted.url} is needed: ${toError(error).message}`,
      );
    }
  }

  /** What was found before a restart, or by another replica. */
  async #recall(wanted: Wanted): Promise<void> {
    const { url, events, places, checked } = wanted;
    const isDue = places.some(place => this.#isDue(wanted, place));
    const checks = isDue ? await (await this.#openStore()).checks(url) : [];
    for (const { place: key, checkedAt, events: found, has } of checks) {
      const place = places.find(one => one.key === key);
      if (
        place &&
        this.#isDue(wanted, place) &&
        !this.#isOld(checkedAt) &&
        events.every(event => found.includes(event)) &&
        (await has(this.#secret))
      ) {
        const text = 'is set up correctly.';
        const outcome = { state: 'installed', text, kind: text } as const;
        checked.set(key, { ...outcome, place, checkedAt });
      }
    }
  }

  /**
   * @param lines - gets what there is to say
   * @returns why the rest was left out, where the work was to end
   */
  async #checkPlaces(
    wanted: Wanted,
    lines: Lines,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { checked, places } = wanted;
    const lastAt = ({ key }: WebhookPlace) => checked.get(key)?.checkedAt ?? 0;
    const due = places
      .filter(place => this.#isDue(wanted, place))
      .sort((one, other) => lastAt(one) - lastAt(other))
      .slice(0, PROJECTS.atOnce);
    let ofAll: Omit<Checked, 'place'> | undefined;
    for (const place of due) {
      const { isOfHost, ...outcome } = ofAll
        ? { ...ofAll, isOfHost: true, place }
        : await this.#install(wanted, place, signal);
      if (signal.aborted) {
        return outcome.text;
      }
      ofAll = isOfHost ? outcome : undefined;
      const last = checked.get(place.key);
      const isRepeated =
        outcome.state === last?.state && outcome.kind === last.kind;
      lines[isRepeated ? 'repeated' : 'news'].push(outcome);
      checked.set(place.key, outcome);
    }
    return undefined;
  }

  #isDue(wanted: Wanted, { key }: WebhookPlace): boolean {
    const checked = wanted.checked.get(key);
    if (!checked) {
      return true;
    }
    if (!this.#isOfProjects) {
      return isBad(checked) || this.#isOld(checked.checkedAt);
    }
    return this.#isOld(
      checked.checkedAt,
      checked.state === 'failed' ? PROJECTS.againAfterFailureMs : undefined,
    );
  }

  #isOld(checkedAt: number, maxAgeMs = AGAIN_AFTER_MS): boolean {
    const age = this.#now() - checkedAt;
    // A clock that was set back.
    return age < 0 || age >= maxAgeMs;
  }

  async #install(
    wanted: Wanted,
    place: WebhookPlace,
    signal: AbortSignal,
  ): Promise<Checked & { isOfHost?: boolean }> {
    try {
      const outcome = await this.#tryToInstall(wanted, place, signal);
      const { text: kind } = outcome;
      return { ...outcome, place, kind, checkedAt: this.#now() };
    } catch (error) {
      const isRefusal = isForbiddenError(error) || isUnauthorizedError(error);
      const { name, message } = toError(error);
      return {
        ...this.#bad(
          isRefusal
            ? this.#host.webhooks.explainRefusal(wanted.events, error)
            : message,
          isRefusal ? 'refused' : 'failed',
        ),
        place,
        kind: name,
        checkedAt: this.#now(),
        isOfHost:
          isUnauthorizedError(error) ||
          isRateLimitedError(error) ||
          isUnavailableError(error),
      };
    }
  }

  async #tryToInstall(
    { url, events }: Wanted,
    place: WebhookPlace,
    signal: AbortSignal,
  ): Promise<Outcome> {
    const { credential, webhooks } = this.#host;
    if (credential.kind === 'anonymous') {
      return this.#bad(webhooks.explainRefusal(events), 'refused');
    }
    const urls = this.#wanted.map(one => one.url);
    const store = await this.#openStore();
    const installer = new WebhookInstaller({ webhooks, store });
    // Two that look at once would each find no webhook, and make one.
    const outcome = await withClusterLock(
      await this.#open(),
      { name: 'webhooks', signal },
      atWork =>
        installer.install(
          { place, url, events, secret: this.#secret },
          urls,
          atWork,
        ),
    );
    if (this.#isOfProjects && !isBad(outcome)) {
      const checkedAt = this.#now();
      await store.saveCheck(place.key, url, { events, checkedAt });
    }
    return outcome;
  }

  async #openStore(): Promise<WebhookStore> {
    this.#store ??= new WebhookStore(await this.#open());
    return this.#store;
  }

  #bad(why: string, state: 'refused' | 'failed'): Outcome {
    const { label } = this.#host.credential;
    return {
      state,
      text: `cannot be installed or checked (${label}): ${why}`,
    };
  }

  /** What was said last time is not said again. */
  #report({ url }: Wanted, { news, repeated }: Lines): void {
    const { placeKind } = this.#host.webhooks;
    for (const line of linesOn(url, placeKind, news)) {
      this.#logger[line.isBad ? 'warn' : 'info'](line.text);
    }
    for (const line of linesOn(url, placeKind, repeated)) {
      this.#logger.debug(line.text);
    }
  }
}
