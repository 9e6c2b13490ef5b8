import {
  CatalogScmEvent,
  CatalogScmEventsService,
} from '@backstage/plugin-catalog-node/alpha';
import { refreshKeyOf } from '../workspace';

/** For so long an event that someone else has published is not published again. */
const REMEMBERED_MS = 60_000;

/**
 * Tells the catalog what has become of the URLs that it reads. It acts on that
 * where `catalog.scmEvents` is on.
 */
export class ScmEvents {
  readonly #service: CatalogScmEventsService;
  readonly #now: () => number;
  /** What others have published, and when. */
  readonly #others = new Map<string, number>();
  #isPublishing = false;

  /** @param now - milliseconds since the epoch. Default: now. */
  constructor(service: CatalogScmEventsService, now: () => number = Date.now) {
    this.#service = service;
    this.#now = now;
    service.subscribe({
      onEvents: async events => {
        if (!this.#isPublishing) {
          events.forEach(event => this.#others.set(keyOf(event), this.#now()));
        }
      },
    });
  }

  /** @returns what was published, which is what nobody else has published just now */
  async publish(events: CatalogScmEvent[]): Promise<CatalogScmEvent[]> {
    const since = this.#now() - REMEMBERED_MS;
    this.#others.forEach((at, key) => at < since && this.#others.delete(key));
    const news = events.filter(event => !this.#others.has(keyOf(event)));
    if (news.length > 0) {
      this.#isPublishing = true;
      const published = this.#service.publish([
        ...news,
        ...news.flatMap(shortened),
      ]);
      this.#isPublishing = false;
      await published;
    }
    return news;
  }
}

/**
 * The catalog refreshes what has the URL of an event for its key, and shortens keys
 * that are long, so that it is given the key as well.
 */
function shortened(event: CatalogScmEvent): CatalogScmEvent[] {
  if (event.type !== 'location.updated') {
    return [];
  }
  const url = refreshKeyOf(event.url).replace(/^url:/, '');
  return url === event.url ? [] : [{ type: event.type, url }];
}

function keyOf(event: CatalogScmEvent): string {
  return 'url' in event
    ? `${event.type} ${event.url}`
    : `${event.type} ${event.fromUrl} ${event.toUrl}`;
}
