import eventsPlugin from '@backstage/plugin-events-backend';
import bitbucketCloud from '..';
import { SimulatedAccount } from '../../dev/simulator/accounts';
import { Simulator, startSimulator } from '../../dev/simulator/simulator';
import { SimulatedWorkspace } from '../../dev/simulator/world/workspace';
import { TestBackend } from '../../testing/backend';
import { fakeTiming } from '../../testing/bitbucket/fakeTiming';
import { clientWithTiming } from '../../testing/client';
import { configFor } from '../../testing/configFor';
import { componentFile } from '../../testing/entities';
import { ON_DEMAND } from '../../testing/schedule';
import { until } from '../../testing/until';
import { PROCESSED } from '../ingestion/ProviderSubscriber';
import { someAreKept } from '../ingestion/removalPolicy';

const SECRET = 'a-secret-for-tests';
const HOUR = 3_600_000;

const names = (count: number) =>
  Array.from({ length: count }, (_, index) => `c${100 + index}`);

describe('removals by walks and after deliveries, with one full list an hour', () => {
  const timing = fakeTiming();
  let acme: SimulatedWorkspace;
  let account: SimulatedAccount;
  let simulator: Simulator;
  let backend: TestBackend;

  afterEach(async () => {
    await backend.stop();
    await simulator.stop();
  });

  async function start(count: number): Promise<void> {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    names(count).forEach((slug, index) =>
      acme.addRepository({
        slug,
        isPrivate: index >= count / 4,
        files: { 'catalog-info.yaml': componentFile(slug) },
        createdOn: timing.now(),
      }),
    );
    account = { name: 'token', kind: 'accessToken', token: 't0ken' };
    const { now } = timing;
    const accounts = [account];
    simulator = await startSimulator({ workspaces: [acme], accounts, now });
    backend = await TestBackend.start({
      config: {
        ...configFor(
          simulator,
          { workspace: 'acme', schedule: ON_DEMAND.schedule },
          { token: 't0ken' },
        ),
        events: {
          useEventBus: 'never',
          modules: { bitbucketCloud: { webhookSecret: SECRET } },
        },
      },
      features: [bitbucketCloud, eventsPlugin, clientWithTiming(timing)],
    });
    await backend.walked();
    await backend.hasComponents(names(count));
    acme.hooks.add({
      url: `${backend.baseUrl}/api/events/http/bitbucketCloud`,
      events: ['repo:push', 'repo:deleted'],
      secret: SECRET,
    });
  }

  const looks = () =>
    backend
      .messages('debug', 'info')
      .filter(line => line.startsWith(PROCESSED));

  it('share one allowance, so that pushes to invisible repositories remove nothing that is held', async () => {
    await start(20);
    account.sees = repository => !repository.isPrivate;
    timing.advance(HOUR);
    await backend.walk();
    expect(backend.messages()).toEqual([
      expect.stringContaining(someAreKept(15, 20)),
    ]);
    const invisible = acme.repositories.filter(one => one.isPrivate);
    invisible.forEach(({ slug }) => acme.push(slug, { 'README.md': 'Hello' }));
    await until(
      async () => looks().length === invisible.length,
      async () => `looks at every repository; there are ${looks().length}`,
    );
    expect(await backend.names()).toEqual(names(20));

    // What the list has lost since counts as well.
    timing.advance(HOUR);
    await backend.walk();
    expect(await backend.names()).toEqual(names(20));
    account.sees = undefined;
    timing.advance(HOUR);
    await backend.walk();
    const status = await backend.get('bitbucket/status');
    const { providers } = (await status.json()) as { providers: object[] };
    expect(providers[0]).not.toHaveProperty('held');
  });

  it('hold most repositories of a small workspace, at once or one by one', async () => {
    await start(11);
    const [first, ...others] = names(11);
    account.sees = ({ slug }) => slug === first;
    timing.advance(HOUR);
    await backend.walk();
    expect(await backend.names()).toEqual(names(11));
    expect(backend.messages()).toEqual([
      expect.stringMatching(
        /^10 of 11 Locations are kept .* More repositories have disappeared than are left/,
      ),
    ]);
    account.sees = undefined;
    timing.advance(HOUR);
    await backend.walk();

    others.forEach(slug => acme.removeRepository(slug));
    await until(
      async () => looks().length === others.length,
      async () => `looks at every repository; there are ${looks().length}`,
    );
    // Four or five, by how many of them are asked for at the same time.
    const remaining = await backend.names();
    expect(remaining.length).toBeGreaterThanOrEqual(6);
    expect(remaining.length).toBeLessThan(11);
  });
});
