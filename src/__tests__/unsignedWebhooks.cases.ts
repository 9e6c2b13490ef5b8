import { createBackendModule } from '@backstage/backend-plugin-api';
import eventsPlugin from '@backstage/plugin-events-backend';
import { EventsService, eventsServiceRef } from '@backstage/plugin-events-node';
import { JsonObject } from '@backstage/types';
import bitbucketCloud from '..';
import {
  SimulatedWorkspace,
  Simulator,
  startSimulator,
} from '../../dev/simulator';
import {
  componentFile,
  configFor,
  ON_DEMAND,
  TestBackend,
  until,
} from '../../testing';
import { PROCESSED } from '../ingestion/ProviderSubscriber';

describe('webhooks without a secret', () => {
  let acme: SimulatedWorkspace;
  let simulator: Simulator;
  let backend: TestBackend;
  /** Publishes what did not come through the events backend's ingress. */
  let events: EventsService;

  beforeEach(async () => {
    acme = new SimulatedWorkspace({ slug: 'acme' });
    acme.addRepository({
      slug: 'shop',
      project: 'SHOP',
      files: { 'catalog-info.yaml': componentFile('shop') },
    });
    simulator = await startSimulator({ workspaces: [acme] });
  });
  afterEach(async () => {
    await backend.stop();
    await simulator.stop();
  });

  async function start(settings: JsonObject): Promise<void> {
    const modules = { bitbucketCloud: settings };
    const publisher = createBackendModule({
      pluginId: 'catalog',
      moduleId: 'publisher',
      register(env) {
        env.registerInit({
          deps: { service: eventsServiceRef },
          async init({ service }) {
            events = service;
          },
        });
      },
    });
    backend = await TestBackend.start({
      config: {
        ...configFor(simulator, {
          workspace: 'acme',
          schedule: ON_DEMAND.schedule,
        }),
        events: { useEventBus: 'never', modules },
      },
      features: [bitbucketCloud, eventsPlugin, publisher],
    });
    await backend.hasComponents(['shop']);
    await backend.walked();
  }

  async function post(
    event: string,
    body: JsonObject,
    headers: Record<string, string> = {},
  ): Promise<number> {
    const url = `${backend.baseUrl}/api/events/http/bitbucketCloud`;
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-event-key': event,
        ...headers,
      },
      body: JSON.stringify(body),
    });
    return answer.status;
  }

  const looks = () =>
    backend
      .messages('debug', 'info')
      .filter(line => line.startsWith(PROCESSED));

  async function deliveries() {
    const answer = await backend.get('bitbucket/status');
    const status = (await answer.json()) as {
      hosts: { deliveries: Record<string, number> }[];
      providers: { deliveries?: object }[];
    };
    return { ...status.hosts[0], health: status.providers[0].deliveries };
  }

  const said = (text: string) =>
    backend
      .messages('info', 'warn')
      .filter(line => line.includes(`events.modules.bitbucketCloud.${text}`));

  it('are refused and change nothing, the start says how to set the secret, and what other modules publish is processed', async () => {
    await start({});
    expect(said('webhookSecret')).toEqual([
      expect.stringMatching(
        /^Webhook deliveries are refused with 403, .* openssl rand -hex 32$/,
      ),
    ]);
    const { uuid } = acme.repository('shop');
    const payload = { repository: { uuid, full_name: 'acme/shop' } };
    simulator.requests.clear();
    for (const signature of [undefined, `sha256=${'0'.repeat(64)}`]) {
      const headers = signature ? { 'x-hub-signature': signature } : undefined;
      expect(await post('repo:updated', payload, headers)).toBe(403);
    }
    const refused = await deliveries();
    expect(refused.deliveries).toMatchObject({ accepted: 0, refused: 2 });
    expect(refused.deliveries).not.toHaveProperty('lastAt');
    expect(refused.health).toBeUndefined();
    expect(simulator.requests.count()).toBe(0);

    await events.publish({ topic: 'bitbucketCloud', eventPayload: payload });
    await until(async () => looks().length === 1, 'the event to be processed');
    const published = await deliveries();
    expect(published.deliveries).toMatchObject({ accepted: 1, refused: 2 });
    expect(published.health).toEqual({ lastAt: expect.any(String) });
  });

  it('are processed with allowUnsigned, and neither forged nor malformed ones change anything or break a line of the log', async () => {
    await start({ allowUnsigned: true });
    expect(said('allowUnsigned')).toEqual([
      expect.stringMatching(
        /^Webhook deliveries are accepted without a signature/,
      ),
    ]);
    const { uuid } = acme.repository('shop');
    const repository = { uuid, full_name: 'acme/shop' };
    const target = { hash: '0'.repeat(40) };
    const EVIL = 'acme\n2026-11-26 error: another line';
    const project = (slug: string) => ({ key: 'SHOP', workspace: { slug } });
    const forged: [string, JsonObject][] = [
      ['repo:deleted', { repository }],
      ['repo:transfer', { repository }],
      [
        'repo:push',
        { repository, push: { changes: [{ new: { name: 'main', target } }] } },
      ],
      ['repo:created', { repository: { uuid: '{x}', full_name: 'acme/x' } }],
      ['nonsense', { repository }],
    ];
    const malformed: [string, JsonObject][] = [
      ['repo:push', { repository: { uuid: 5 } }],
      ['project:updated', { project: project(EVIL) }],
      ['repo:updated', { repository: { uuid, full_name: EVIL } }],
      ['repo:updated', { repository: { uuid: EVIL, full_name: 'acme/shop' } }],
      [
        'repo:push',
        { repository, push: { changes: [{ new: { name: EVIL, target } }] } },
      ],
    ];
    for (const [event, body] of [...forged, ...malformed]) {
      expect(await post(event, body)).toBe(202);
    }
    const metadata = { 'x-request-uuid': EVIL, 'x-event-key': 'repo:push' };
    await events.publish({
      topic: 'bitbucketCloud',
      eventPayload: { repository },
      metadata,
    });
    await until(
      async () => looks().length === 2,
      'the two repositories to be looked at',
    );
    await backend.walk();
    expect(await backend.names()).toEqual(['shop']);
    expect((await deliveries()).deliveries).toMatchObject({
      accepted: 4,
      ignored: 1,
      malformed: 6,
    });
    // What the events service says of every event, as JSON.
    const lines = backend
      .messages('debug', 'info', 'warn', 'error')
      .filter(line => !line.startsWith('Event received: '));
    expect(lines.filter(line => line.includes('another line'))).toEqual([]);
  });
});
