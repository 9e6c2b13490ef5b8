import { createBackendModule } from '@backstage/backend-plugin-api';
import { startTestBackend } from '@backstage/backend-test-utils';
import eventsPlugin from '@backstage/plugin-events-backend';
import { EventParams, eventsServiceRef } from '@backstage/plugin-events-node';
import { eventsExtensionPoint } from '@backstage/plugin-events-node/alpha';
import { createHmac } from 'node:crypto';
import { createDataCenterDeliveries } from '../hosts/bitbucket-data-center/delivery';
import { createDeliveryValidator, Deliveries } from './DeliveryReceiver';

const SECRET = 'hush-hush';
const BODY = JSON.stringify({ test: true });
const { topic, isPing } = createDataCenterDeliveries({ host: 'git.acme' });

describe('the test of a connection', () => {
  const deliveries = new Deliveries();
  let published: EventParams[];
  let post: (headers: Record<string, string>) => Promise<number>;
  let stop: () => Promise<void>;

  beforeAll(async () => {
    const webhooks = createBackendModule({
      pluginId: 'events',
      moduleId: 'webhooks',
      register(env) {
        env.registerInit({
          deps: { ingress: eventsExtensionPoint, events: eventsServiceRef },
          async init({ ingress, events }) {
            ingress.addHttpPostIngress({
              topic,
              validator: createDeliveryValidator(
                { secrets: [SECRET], allowUnsigned: false },
                deliveries,
                'webhookSecret',
                isPing,
              ),
            });
            await events.subscribe({
              id: 'test',
              topics: [topic],
              onEvent: async event => {
                published.push(event);
              },
            });
          },
        });
      },
    });
    const backend = await startTestBackend({
      features: [eventsPlugin, webhooks],
    });
    stop = () => backend.stop();
    const url = `http://127.0.0.1:${backend.server.port()}/api/events/http/${topic}`;
    post = async headers => {
      const answer = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: BODY,
      });
      await answer.text();
      return answer.status;
    };
  });
  beforeEach(() => {
    published = [];
  });
  afterAll(() => stop());

  it('is answered well without a signature, and is neither published nor counted', async () => {
    const before = deliveries.snapshot('git.example.com');
    expect(await post({ 'x-event-key': 'diagnostics:ping' })).toBe(200);
    expect(published).toEqual([]);
    expect(deliveries.snapshot('git.example.com')).toEqual(before);
  });

  it.each([
    'repo:refs_changed',
    'diagnostics:pingx',
    'Diagnostics:Ping',
    'diagnostics:ping,repo:refs_changed',
    '',
  ])('does not let an unsigned %j in', async key => {
    expect(await post({ 'x-event-key': key })).toBe(403);
    expect(published).toEqual([]);
  });

  it('does not let a delivery without a key in', async () => {
    expect(await post({})).toBe(403);
  });

  it('leaves signed deliveries as they are', async () => {
    const digest = createHmac('sha256', SECRET).update(BODY).digest('hex');
    const status = await post({
      'x-event-key': 'repo:refs_changed',
      'x-hub-signature': `sha256=${digest}`,
    });
    expect(status).toBe(202);
    expect(published).toHaveLength(1);
  });
});
