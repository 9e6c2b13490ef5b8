import eventsPlugin from '@backstage/plugin-events-backend';
import fc from 'fast-check';
import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import bitbucketCloud from '../..';
import { Simulator, startSimulator } from '../../../dev/simulator/simulator';
import { HookEvent } from '../../../dev/simulator/world/hooks';
import { SimulatedWorkspace } from '../../../dev/simulator/world/workspace';
import { TestBackend } from '../../../testing/backend';
import { configFor } from '../../../testing/configFor';
import { BOTH_DATABASES, DatabaseServer } from '../../../testing/databases';
import { componentFile } from '../../../testing/entities';
import { identities, Identity } from '../../../testing/identities';
import { ON_DEMAND } from '../../../testing/schedule';
import { until } from '../../../testing/until';
import { PROCESSED } from '../../ingestion/ProviderSubscriber';
import { Genuine, mutated, nonsense, Post, withAnotherUuid } from './malformed';

/** The same requests each time, unless another seed is given. */
const SEED = Number(process.env.WEBHOOKS_SEED ?? 20261123);

const SECRET = 'a-secret-for-tests';
const AT_ONCE = 50;
const EVENTS: HookEvent[] = [
  'repo:push',
  'repo:created',
  'repo:deleted',
  'repo:transfer',
  'repo:updated',
  'project:updated',
];

const PULL_REQUEST_EVENTS: HookEvent[] = [
  'pullrequest:created',
  'pullrequest:updated',
  'pullrequest:push',
  'pullrequest:rejected',
];

/** What the events backend refuses before this module sees it, with a 415, or a 500 as of its version 0.6. */
const REFUSED_BY_BACKSTAGE = ['not JSON', 'another type of content'];
const BY_BACKSTAGE = /type: 'errorHandler'/;

describe.each(BOTH_DATABASES)(
  'malformed deliveries, on %s',
  (name, startServer) => {
    const numRuns = name === 'SQLite' ? 10_000 : 2_000;
    let databases: DatabaseServer;
    let acme: SimulatedWorkspace;
    let strangers: SimulatedWorkspace;
    let simulator: Simulator;
    let backend: TestBackend;
    let ofStrangers: Genuine[];
    let ofAcme: Genuine[];
    let pushes = 0;

    beforeAll(async () => {
      databases = await startServer();
      acme = workspaceOf('acme');
      strangers = workspaceOf('strangers');
      simulator = await startSimulator({ workspaces: [acme, strangers] });
      ofStrangers = [
        ...collectDeliveries(strangers),
        ...collectPullRequests(strangers),
      ];
      ofAcme = collectDeliveries(acme);
      backend = await TestBackend.start({
        database: databases.createDatabase(),
        config: {
          ...configFor(simulator, {
            workspace: 'acme',
            ...ON_DEMAND,
            pullRequests: {},
          }),
          events: {
            useEventBus: 'never',
            modules: { bitbucketCloud: { webhookSecret: SECRET } },
          },
        },
        features: [bitbucketCloud, eventsPlugin],
      });
      await backend.hasComponents(['pay', 'shop']);
      await backend.walked();
    });
    beforeEach(() => simulator.requests.clear());
    afterAll(async () => {
      await backend.stop();
      await simulator.stop();
      await databases.stop();
    });

    /** Deliveries of what happens to repositories that stay as they are. */
    function collectDeliveries(workspace: SimulatedWorkspace): Genuine[] {
      return collect(workspace, EVENTS, () => {
        const { slug, project } = workspace.repository('shop');
        workspace.push(slug, { 'README.md': 'A shop' });
        workspace.createTag(slug, 'v1');
        workspace.setVisibility(slug, 'private');
        workspace.addRepository({ slug: 'short-lived' });
        workspace.removeRepository('short-lived');
        workspace.updateProject(project.key, { name: 'Shops' });
      });
    }

    /** Deliveries of what happens to a pull request. */
    function collectPullRequests(workspace: SimulatedWorkspace): Genuine[] {
      return collect(workspace, PULL_REQUEST_EVENTS, () => {
        const { pullRequests } = workspace;
        const branch = 'feature/x';
        const files = { 'catalog-info.yaml': componentFile('store') };
        workspace.push('shop', files, { branch });
        const pullRequest = pullRequests.open('shop', { source: branch });
        pullRequests.update(pullRequest, { title: 'Another title' });
        workspace.push('shop', { 'README.md': 'A store' }, { branch });
        pullRequests.decline(pullRequest);
      });
    }

    function collect(
      workspace: SimulatedWorkspace,
      events: HookEvent[],
      happens: () => void,
    ): Genuine[] {
      const hook = workspace.hooks.add({ url: 'http://127.0.0.1', events });
      const { deliveries } = simulator;
      deliveries.plan = () => 'hold';
      happens();
      workspace.hooks.remove(hook);
      const held = [...deliveries.held];
      deliveries.release(() => []);
      deliveries.plan = () => 'send';
      return held.map(({ event, body }) => ({
        event,
        payload: JSON.parse(body),
      }));
    }

    /** @returns the statuses that were answered, by what was wrong */
    async function send(posts: Post[]): Promise<Record<string, number[]>> {
      const statuses: Record<string, number[]> = {};
      const left = posts[Symbol.iterator]();
      const sendInTurn = async () => {
        for (const { kind, headers, body, isSigned } of left) {
          const signature = isSigned ? signatureOf(body) : {};
          const sent = { headers: { ...headers, ...signature }, body };
          const status = await post(ingressOf(backend), sent);
          statuses[kind] ??= [];
          if (!statuses[kind].includes(status)) {
            statuses[kind].push(status);
          }
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, sendInTurn));
      return statuses;
    }

    /** A genuine delivery is acted on, after all that came before it. */
    async function expectAlive(): Promise<void> {
      pushes += 1;
      const lifecycle = `push-${pushes}`;
      const hook = acme.hooks.add({
        url: ingressOf(backend),
        events: ['repo:push'],
        secret: SECRET,
      });
      acme.push('shop', {
        'catalog-info.yaml': componentFile('shop', lifecycle),
      });
      await until(
        async () => {
          const components = await backend.entities('component');
          return components[1].spec?.lifecycle === lifecycle;
        },
        `a push to shop. Logged: ${backend.messages().join('; ')}`,
      );
      acme.hooks.remove(hook);
    }

    const looks = () =>
      backend
        .messages('debug', 'info')
        .filter(line => line.startsWith(PROCESSED));

    /** Everything but the shop, which {@link expectAlive} changes. */
    async function othersThanShop(): Promise<Record<string, Identity>> {
      const all = await identities(backend);
      const { etag, ...shop } = all['component:default/shop'];
      return { ...all, 'component:default/shop': shop };
    }

    /** Nothing is said of it, no secret and no stack; of what the events backend refuses, it says so. */
    function expectQuiet(): void {
      const lines = backend.logs.filter(({ text }) => !BY_BACKSTAGE.test(text));
      expect(backend.logs.filter(({ text }) => text.includes(SECRET))).toEqual(
        [],
      );
      expect(
        lines.filter(({ text }) => /\n +at .*:\d+:\d+/.test(text)),
      ).toEqual([]);
      expect(lines.filter(({ level }) => /warn|error/.test(level))).toEqual([]);
    }

    it('are answered, cost nothing and change nothing', async () => {
      const before = await othersThanShop();
      const looksBefore = looks().length;
      const posts = fc.sample(nonsense(ofStrangers), { seed: SEED, numRuns });
      const statuses = await send(posts);
      await expectAlive();
      const refused = REFUSED_BY_BACKSTAGE.flatMap(kind => statuses[kind]);
      REFUSED_BY_BACKSTAGE.forEach(kind => delete statuses[kind]);
      expect(statuses).toEqual({
        'any JSON': [202],
        'another shape': [202],
        mutated: [202],
        deep: [202],
        huge: [202],
        unsigned: [403],
      });
      expect(refused.every(status => [400, 415, 500].includes(status))).toBe(
        true,
      );
      const { uuid } = acme.repository('shop');
      const paths = simulator.requests.entries.map(({ path }) => path);
      const ofShop = [`/acme/shop/`, `/acme/${encodeURIComponent(uuid)}`];
      expect(
        paths.filter(path => !ofShop.some(part => path.includes(part))),
      ).toEqual([]);
      expect(looks()).toHaveLength(looksBefore + 1);
      expect(await othersThanShop()).toEqual(before);
      expectQuiet();
    }, 200_000);

    it('cost no more than looks where they name a repository of the workspace', async () => {
      const before = await othersThanShop();
      const looksBefore = looks().length;
      const posts = fc.sample(
        fc.oneof(mutated(ofAcme), withAnotherUuid(ofAcme)),
        { seed: SEED, numRuns: 500 },
      );
      expect(await send(posts)).toEqual({
        mutated: [202],
        'another uuid': [202],
      });
      await expectAlive();
      const looked = looks().length - looksBefore;
      expect(simulator.requests.count()).toBeLessThanOrEqual(2 * looked + 1);
      expect(await othersThanShop()).toEqual(before);
      expectQuiet();
    });
  },
);

const ingressOf = ({ baseUrl }: TestBackend) =>
  `${baseUrl}/api/events/http/bitbucketCloud`;

function workspaceOf(slug: string): SimulatedWorkspace {
  const workspace = new SimulatedWorkspace({ slug });
  for (const name of ['pay', 'shop']) {
    workspace.addRepository({
      slug: name,
      project: 'SHOP',
      files: { 'catalog-info.yaml': componentFile(name) },
    });
  }
  return workspace;
}

/**
 * Sends a request on a connection of its own.
 *
 * @returns the status of the answer
 */
function post(
  url: string,
  { headers, body }: Pick<Post, 'headers' | 'body'>,
): Promise<number> {
  return new Promise((resolve, reject) => {
    request(url, { method: 'POST', headers, agent: false })
      .once('response', response =>
        response
          .resume()
          .once('close', () => resolve(response.statusCode ?? 0)),
      )
      .once('error', reject)
      .end(body);
  });
}

const signatureOf = (body: Buffer) => ({
  'x-hub-signature': `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`,
});
