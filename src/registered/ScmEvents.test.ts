import { bitbucketCloudUrls } from '../hosts/bitbucket-cloud/urls/bitbucketCloudUrls';
import {
  CatalogScmEvent,
  CatalogScmEventsService,
  CatalogScmEventsServiceSubscriber,
} from '@backstage/plugin-catalog-node/alpha';
import { ScmEvents } from './ScmEvents';

const moved = (toUrl: string): CatalogScmEvent => ({
  type: 'repository.moved',
  fromUrl: 'https://bitbucket.org/acme/shop',
  toUrl,
});
const STORE = moved('https://bitbucket.org/acme/store');

describe('ScmEvents', () => {
  let now: number;
  let published: CatalogScmEvent[];
  let service: CatalogScmEventsService;
  let events: ScmEvents;

  beforeEach(() => {
    now = 0;
    published = [];
    const subscribers: CatalogScmEventsServiceSubscriber[] = [];
    service = {
      subscribe(subscriber) {
        subscribers.push(subscriber);
        return { unsubscribe() {} };
      },
      async publish(news) {
        published.push(...news);
        await Promise.all(subscribers.map(one => one.onEvents(news)));
      },
      markEventActionTaken() {},
    };
    events = new ScmEvents(service, bitbucketCloudUrls, () => now);
  });

  it('publishes only what was not published before', async () => {
    const other = moved('https://bitbucket.org/acme/other');
    await service.publish([STORE]);
    expect(await events.publish([STORE, other])).toEqual([other]);
    expect(published).toEqual([STORE, other]);
  });

  it('publishes an event again a minute after another publisher did', async () => {
    await service.publish([STORE]);
    now = 60_001;
    expect(await events.publish([STORE])).toEqual([STORE]);
  });

  it('remembers the last thousand events that others publish of bitbucket.org', async () => {
    const names = Array.from({ length: 1_500 }, (_, index) => `r${index}`);
    const url = (name: string) => `https://bitbucket.org/acme/${name}`;
    const events1500 = names.map(name => moved(url(name)));
    for (const event of events1500) {
      await service.publish([event]);
      await service.publish([
        { type: 'repository.deleted', url: `https://github.com/${event.type}` },
      ]);
    }
    expect(await events.publish(events1500)).toEqual(events1500.slice(0, 500));
  });

  it('publishes its own events again', async () => {
    await events.publish([STORE]);
    expect(await events.publish([STORE])).toEqual([STORE]);
  });

  it('publishes no empty list', async () => {
    expect(await events.publish([])).toEqual([]);
    expect(published).toEqual([]);
  });
});
