import { mockServices } from '@backstage/backend-test-utils';
import { startWorld, World } from '../../testing/workspace/startWorld';
import { Look, ChangeQueue } from './ChangeQueue';
import { Deliveries, DeliveryReceiver } from './DeliveryReceiver';

const SCOPE = { workspace: 'acme' };
const MANY = 1_200;

const numbers = Array.from({ length: MANY }, (_, index) => index);

describe('ChangeQueue', () => {
  let world: World;
  let looks: ChangeQueue;
  let deliveries: Deliveries;
  let receiver: DeliveryReceiver;
  let looked: Look[];
  let shop: { uuid: string; full_name: string };

  beforeEach(async () => {
    world = await startWorld({ shop: {}, stock: {} });
    await world.index.repositories.list({ scope: SCOPE, pagelen: 100 }, {});
    const { uuid } = world.acme.repository('shop');
    shop = { uuid, full_name: 'acme/shop' };
    looked = [];
    deliveries = new Deliveries();
    const logger = mockServices.logger.mock();
    looks = new ChangeQueue({
      ...world,
      logger,
      watchers: [
        {
          skipReason: async () => undefined,
          async look(look) {
            await look.ask(SCOPE);
            looked.push(look);
          },
        },
      ],
    });
    receiver = new DeliveryReceiver({ looks, deliveries, logger });
  });
  afterEach(() => looks.stop());

  async function deliver(...payloads: object[]): Promise<void> {
    for (const eventPayload of payloads) {
      await receiver.receive({ topic: 'bitbucketCloud', eventPayload });
    }
  }

  async function hasLooked(times: number): Promise<void> {
    while (looked.length < times) {
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
      await hasLooked(1);
    });
    expect(cost).toBeLessThanOrEqual(10);
    expect(deliveries.snapshot().counts).toMatchObject({ accepted: MANY });
    for (const { events } of looked) {
      expect(events).toHaveLength(1);
    }
  });

  it('takes 50 requests for 1,200 repositories that are not known, and leaves the others to the next walk', async () => {
    const cost = await world.cost(async () => {
      await deliver(
        ...numbers.map(number => ({
          repository: { uuid: `{made-up-${number}}`, full_name: 'acme/shop' },
        })),
        { repository: shop },
      );
      await hasLooked(51);
    });
    expect(cost).toBe(51);
    expect(deliveries.snapshot().counts).toMatchObject({
      accepted: 51,
      deferred: MANY - 50,
    });
  });

  it('takes 50 requests for 1,200 projects', async () => {
    await deliver(
      ...numbers.map(number => ({
        project: { key: `P${number}`, workspace: { slug: 'acme' } },
      })),
    );
    expect(deliveries.snapshot().counts).toMatchObject({
      accepted: 50,
      deferred: MANY - 50,
    });
  });

  it('asks once for each name, and learns which repository has it now', async () => {
    const { acme, index } = world;
    acme.removeRepository('shop');
    const { uuid } = acme.addRepository({ slug: 'shop' });
    await deliver({ repository: shop });
    await hasLooked(1);
    const [{ askByName }] = looked;
    const cost = await world.cost(async () => {
      const answers = [await askByName('acme/shop'), await askByName('acme/x')];
      expect(answers).toEqual([expect.objectContaining({ uuid }), undefined]);
      expect(await askByName('acme/shop')).toBe(answers[0]);
      expect(await askByName('acme/x')).toBeUndefined();
    });
    expect(cost).toBe(2);
    expect(await index.repositories.namesOf(uuid)).toEqual(['acme/shop']);
    expect(await index.repositories.namesOf(shop.uuid)).toEqual([]);
  });
});
