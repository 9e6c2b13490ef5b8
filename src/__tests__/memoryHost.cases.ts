import {
  coreServices,
  createBackendModule,
  createServiceFactory,
} from '@backstage/backend-plugin-api';
import { mockServices } from '@backstage/backend-test-utils';
import { eventsServiceRef } from '@backstage/plugin-events-node';
import bitbucketCloud from '..';
import { componentFile, ON_DEMAND, TestBackend, until } from '../../testing';
import { MemoryHost } from '../../testing/memory-host/MemoryHost';
import { CatalogTables } from '../catalog-tables/CatalogTables';
import { Metrics } from '../metrics/Metrics';
import { createDatabaseOpener } from '../mirror/database';
import { WorkspaceIndex } from '../mirror/WorkspaceIndex';
import { bitbucketCloudServiceRef } from '../plugin/bitbucketCloud';
import { metricsServiceRef } from '../plugin/services';
import { bitbucketCloudSettingsRef } from '../plugin/settings';

const FILE = 'catalog-info.yaml';
const ORIGIN = 'https://git.example.com';

/** The same parts as for Bitbucket Cloud, around another host. */
const partsAround = (host: MemoryHost) =>
  createServiceFactory({
    service: bitbucketCloudServiceRef,
    deps: {
      database: coreServices.database,
      metrics: metricsServiceRef,
      settings: bitbucketCloudSettingsRef,
    },
    factory({ database, metrics, settings }) {
      const open = createDatabaseOpener(database);
      const logger = mockServices.logger.mock();
      const catalog = new CatalogTables({ open, urls: host.urls, logger });
      return [
        {
          index: new WorkspaceIndex({
            host,
            open,
            catalog,
            freshnessMs: 1_000,
          }),
          providers: settings.providers,
          metrics: new Metrics(metrics, host.id),
          webhooks: { schedule: async () => {}, statusOf: () => undefined },
        },
      ];
    },
  });

describe('a host without a list of changes, without heads in its list, with numbers for ids', () => {
  let host: MemoryHost;
  let backend: TestBackend;
  let deliver: (delivery: ReturnType<MemoryHost['delivery']>) => Promise<void>;

  async function start(
    prepare: (stored: MemoryHost['stored']) => void,
  ): Promise<void> {
    host = new MemoryHost();
    prepare(host.stored);
    const provider = { workspace: host.id, ...ON_DEMAND, fullWalk: undefined };
    backend = await TestBackend.start({
      config: { catalog: { providers: { bitbucketCloud: provider } } },
      features: [
        bitbucketCloud,
        partsAround(host),
        createBackendModule({
          pluginId: 'catalog',
          moduleId: 'deliveries-of-a-test',
          register: env =>
            env.registerInit({
              deps: { events: eventsServiceRef },
              async init({ events }) {
                deliver = eventPayload =>
                  events.publish({ topic: 'memory', eventPayload });
              },
            }),
        }),
      ],
    });
    await backend.walked();
  }

  afterEach(() => backend.stop());

  const uidOf = async (name: string) =>
    (await backend.entities('component')).find(
      ({ metadata }) => metadata.name === name,
    )?.metadata.uid;

  it('fills a catalog, and names files without their default branch', async () => {
    await start(to => {
      to.add('PAY', 'api', { [FILE]: componentFile('api') });
      to.add('PAY', 'web', { [FILE]: componentFile('web') });
      to.add('PAY', 'docs', { 'README.md': 'Hello' });
      to.add('OPS', 'empty');
    });
    await backend.hasComponents(['api', 'web']);
    expect(await backend.targets()).toEqual([
      `${ORIGIN}/PAY/api/browse/${FILE}`,
      `${ORIGIN}/PAY/web/browse/${FILE}`,
    ]);
    // For each repository its default branch, and for each with commits a file.
    const count = (request: string) =>
      host.requests.filter(one => one.startsWith(request)).length;
    expect(count('default branch')).toBe(4);
    expect(count('file')).toBe(3);
    expect(backend.messages()).toEqual([]);
  });

  it('follows pushes, renames and new repositories from walk to walk, and keeps uids', async () => {
    let api = 0;
    await start(to => {
      api = to.add('PAY', 'api', { [FILE]: componentFile('api') });
    });
    await backend.hasComponents(['api']);
    const uid = await uidOf('api');
    host.stored.push(api, {
      [FILE]: `${componentFile('api')}---\n${componentFile('more')}`,
    });
    await backend.walk();
    await backend.hasComponents(['api', 'more']);
    host.stored.rename(api, 'gateway');
    host.stored.add('PAY', 'web', { [FILE]: componentFile('web') });
    await deliver(host.delivery(api));
    await until(
      async () =>
        (await backend.targets()).includes(
          `${ORIGIN}/PAY/gateway/browse/${FILE}`,
        ),
      'the Location to move with its repository',
    );
    expect(await uidOf('api')).toBe(uid);
  });

  it('follows a delivery without a walk', async () => {
    let api = 0;
    await start(to => {
      api = to.add('PAY', 'api', { [FILE]: componentFile('api') });
    });
    await backend.hasComponents(['api']);
    host.stored.push(api, {
      [FILE]: `${componentFile('api')}---\n${componentFile('more')}`,
    });
    await deliver(host.delivery(api, 'main'));
    await backend.hasComponents(['api', 'more']);
  });

  it('removes what two kinds of requests report missing, and nothing else', async () => {
    let api = 0;
    let web = 0;
    await start(to => {
      api = to.add('PAY', 'api', { [FILE]: componentFile('api') });
      web = to.add('PAY', 'web', { [FILE]: componentFile('web') });
      for (let index = 0; index < 9; index += 1) {
        to.add('OPS', `r${index}`, { [FILE]: componentFile(`r${index}`) });
      }
    });
    const others = Array.from({ length: 9 }, (_, index) => `r${index}`);
    await backend.hasComponents(['api', 'web', ...others]);
    host.stored.push(api, { [FILE]: null });
    host.requests.length = 0;
    await backend.walk();
    await backend.hasComponents(['web', ...others]);
    expect(host.requests).toContain(`file ${FILE}`);
    expect(host.requests).toContain(`proof of ${FILE}`);
    const delivery = host.delivery(web);
    host.stored.delete(web);
    await deliver(delivery);
    await backend.hasComponents(others);
    expect(host.requests).toContain('repository by name');
  });

  it('reads what people register by URL', async () => {
    await start(to => {
      to.add('PAY', 'api', { 'other.yaml': componentFile('other') });
    });
    const target = `${ORIGIN}/PAY/api/browse/other.yaml`;
    await backend.post('locations', { type: 'url', target });
    await backend.hasComponents(['other']);
    const missing = `${ORIGIN}/PAY/api/browse/missing.yaml`;
    const answer = await backend.post('locations?dryRun=true', {
      type: 'url',
      target: missing,
    });
    expect(await answer.text()).toMatch(
      /no file missing.yaml on main in git.example.com\/PAY\/api/,
    );
  });
});
