import {
  CatalogScmEvent,
  CatalogScmEventsService,
} from '@backstage/plugin-catalog-node/alpha';
import { refreshKeyOf } from '../catalog-tables/refreshKeys';
import { ScmUrls } from '../scm/urls';

/** For this long, an event that another module has published is not published again. */
const REMEMBERED_MS = 60_000;

/** Of what others publish, no more than so many events are remembered, the latest. */
const MAX_REMEMBERED = 1_000;

/**
 * Tells the catalog what has become of the URLs that it reads. It acts on that
 * where `catalog.scmEvents` is on.
 */
export class ScmEvents {
  readonly #service: CatalogScmEventsService;
  readonly #urls: Pick<ScmUrls, 'matches'>;
  readonly #now: () => number;
  /** What others have published, and when. */
  readonly #others = new Map<string, number>();
  #isPublishing = false;

  /**
   * @param urls - of the host: others publish what happens at other hosts too, which is
   * never published here
   * @param now - milliseconds since the epoch. Default: now.
   */
  constructor(
    service: CatalogScmEventsService,
    urls: Pick<ScmUrls, 'matches'>,
    now: () => number = Date.now,
  ) {
    this.#service = service;
    this.#urls = urls;
    this.#now = now;
    service.subscribe({
      onEvents: async events => {
        if (!this.#isPublishing) {
          this.#remember(events);
        }
      },
    });
  }

  /** @returns what was published: all that no other module has published just now */
  async publish(events: CatalogScmEvent[]): Promise<CatalogScmEvent[]> {
    this.#forgetOld();
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

  #remember(events: CatalogScmEvent[]): void {
    this.#forgetOld();
    for (const event of events) {
      const url = 'url' in event ? event.url : event.fromUrl;
      if (URL.canParse(url) && this.#urls.matches(new URL(url))) {
        const key = keyOf(event);
        // The latest one last.
        this.#others.delete(key);
        this.#others.set(key, this.#now());
      }
    }
    for (const key of this.#others.keys()) {
      if (this.#others.size <= MAX_REMEMBERED) {
        break;
      }
      this.#others.delete(key);
    }
  }

  #forgetOld(): void {
    const since = this.#now() - REMEMBERED_MS;
    this.#others.forEach((at, key) => at < since && this.#others.delete(key));
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
