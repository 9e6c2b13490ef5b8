import { recordingLogger } from '../../testing/bitbucket/recordingLogger';
import { startWorld, World } from '../../testing/workspace/startWorld';
import { bitbucketCloudDeliveries } from '../hosts/bitbucket-cloud/delivery';
import { EventInRepository, isInRepository } from '../scm/changes';
import { ChangeQueue } from './ChangeQueue';
import { RepositoryChange } from './ChangeSubscriber';
import { Deliveries, DeliveryReceiver } from './DeliveryReceiver';

const SELECTION = { workspace: 'acme' };
const MANY = 1_200;

function events(payload: object): EventInRepository[] {
  const delivery = bitbucketCloudDeliveries.read(
    { 'x-event-key': 'repo:updated' },
    payload,
  );
  return 'events' in delivery ? delivery.events.filter(isInRepository) : [];
}

const numbers = Array.from({ length: MANY }, (_, index) => index);

describe('ChangeQueue', () => {
  let world: World;
  let queue: ChangeQueue;
  let deliveries: Deliveries;
  let receiver: DeliveryReceiver;
  let handled: RepositoryChange[];
  /** Kinds of the events that the second subscriber was asked about. */
  let asked: string[];
  let shop: { uuid: string; full_name: string };

  beforeEach(async () => {
    world = await startWorld({ shop: {}, stock: {} });
    await world.index.repositories.list(
      { selection: SELECTION, pagelen: 100 },
      {},
    );
    const { uuid } = world.acme.repository('shop');
    shop = { uuid, full_name: 'acme/shop' };
    handled = [];
    asked = [];
    deliveries = new Deliveries();
    const logger = recordingLogger();
    queue = new ChangeQueue({
      host: world.index.host,
      index: world.index,
      logger,
      subscribers: [
        {
          kinds: ['push', 'repository', 'project'],
          skipReason: async () => undefined,
          async handle(change) {
            if (change.about === 'repository') {
              await change.repository.current(SELECTION);
              handled.push(change);
            }
          },
        },
        {
          kinds: ['project'],
          async skipReason(event) {
            asked.push(event.kind);
            return 'projects do not matter';
          },
          handle: async () => {
            throw new Error('This subscriber is never concerned');
          },
        },
      ],
    });
    receiver = new DeliveryReceiver({
      host: world.index.host,
      queue,
      deliveries,
      logger,
    });
  });
  afterEach(() => queue.stop());

  async function deliver(...payloads: object[]): Promise<void> {
    for (const eventPayload of payloads) {
      await receiver.receive({ topic: 'bitbucketCloud', eventPayload });
    }
  }

  async function isHandled(times: number): Promise<void> {
    while (handled.length < times) {
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }

  it('takes a few requests for 1,200 deliveries about one repository, and as much memory as for one', async () => {
    const cost = await world.cost(async () => {
      await deliver(
        ...numbers.map(number => ({
          repository: shop,
          push: { changes: [{ new: { name: `branch-${number}` } }] },
        })),
      );
      await isHandled(1);
    });
    expect(cost).toBeLessThanOrEqual(10);
    expect(deliveries.snapshot(world.index.host.id).counts).toMatchObject({
      accepted: MANY,
    });
    for (const { events: all } of handled) {
      expect(all).toHaveLength(1);
    }
    expect(asked).toEqual([]);
  });

  it('takes 50 requests for 1,200 repositories that are not known, and leaves the others to the next walk', async () => {
    const cost = await world.cost(async () => {
      await deliver(
        ...numbers.map(number => ({
          repository: { uuid: `{made-up-${number}}`, full_name: 'acme/shop' },
        })),
        { repository: shop },
      );
      await isHandled(51);
    });
    expect(cost).toBe(51);
    expect(deliveries.snapshot(world.index.host.id).counts).toMatchObject({
      accepted: 51,
      deferred: MANY - 50,
    });
  });

  it('asks a subscriber only about events of the kinds that it lists', async () => {
    await deliver(
      { repository: shop },
      { project: { key: 'SHOP', workspace: { slug: 'acme' } } },
    );
    expect(asked).toEqual(['project']);
    expect(deliveries.snapshot(world.index.host.id).counts).toMatchObject({
      accepted: 2,
    });
  });

  it('takes a delivery for accepted when one of its events is', async () => {
    const [repository] = events({ repository: shop });
    const made = numbers.map(number => ({
      ...repository,
      uuid: `{made-up-${number}}`,
    }));
    expect(await queue.enqueue(made)).toEqual({ outcome: 'accepted' });
    expect(await queue.enqueue(made.slice(50))).toMatchObject({
      outcome: 'deferred',
    });
    expect(await queue.enqueue([made[50], repository])).toEqual({
      outcome: 'accepted',
    });
    expect(await queue.enqueue([])).toMatchObject({ outcome: 'ignored' });
  });

  it('takes 50 requests for 1,200 projects', async () => {
    await deliver(
      ...numbers.map(number => ({
        project: { key: `P${number}`, workspace: { slug: 'acme' } },
      })),
    );
    expect(deliveries.snapshot(world.index.host.id).counts).toMatchObject({
      accepted: 50,
      deferred: MANY - 50,
    });
  });

  it('asks once for each name, and learns which repository has it now', async () => {
    const { acme, index } = world;
    acme.removeRepository('shop');
    const { uuid } = acme.addRepository({ slug: 'shop' });
    await deliver({ repository: shop });
    await isHandled(1);
    const [{ repository }] = handled;
    const cost = await world.cost(async () => {
      const answers = [
        await repository.byName('acme/shop'),
        await repository.byName('acme/x'),
      ];
      expect(answers).toEqual([expect.objectContaining({ uuid }), undefined]);
      expect(await repository.byName('acme/shop')).toBe(answers[0]);
      expect(await repository.byName('acme/x')).toBeUndefined();
    });
    expect(cost).toBe(2);
    expect(await index.repositories.namesOf(uuid)).toEqual(['acme/shop']);
    expect(await index.repositories.namesOf(shop.uuid)).toEqual([]);
  });
});
