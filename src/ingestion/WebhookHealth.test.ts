import { memoryDatabase } from '../../testing/workspace/memoryDatabase';
import { WebhookHealth } from './WebhookHealth';

const MINUTE = 60_000;

describe('WebhookHealth', () => {
  let now: number;
  let deliveries: WebhookHealth;

  beforeEach(async () => {
    now = 1_000_000;
    const knex = await memoryDatabase()();
    deliveries = new WebhookHealth(knex, 'provider', () => now);
  });

  it('has no deliveries at first', async () => {
    expect(await deliveries.read()).toEqual({});
  });

  it('records when the last delivery came, to the minute', async () => {
    await deliveries.hear();
    now += MINUTE / 2;
    await deliveries.hear();
    expect(await deliveries.read()).toEqual({ heardAt: 1_000_000 });
    now += MINUTE;
    await deliveries.hear();
    expect(await deliveries.read()).toEqual({ heardAt: now });
  });

  it('takes none for a silence before walks have missed two, over ten minutes', async () => {
    await deliveries.miss();
    now += 20 * MINUTE;
    expect(await deliveries.read()).toEqual({});
    await deliveries.miss();
    expect(await deliveries.read()).toEqual({ silentSince: 1_000_000 });
  });

  it('waits for a delivery that may arrive late', async () => {
    await deliveries.miss();
    await deliveries.miss();
    expect(await deliveries.read()).toEqual({});
    now += 10 * MINUTE;
    expect(await deliveries.read()).toEqual({ silentSince: 1_000_000 });
  });

  it('ends the silence with the next one', async () => {
    await deliveries.hear();
    await deliveries.miss();
    now += 20 * MINUTE;
    await deliveries.miss();
    await deliveries.hear();
    expect(await deliveries.read()).toEqual({ heardAt: now });
  });

  it('starts again after one that came within the minute of the last', async () => {
    await deliveries.hear();
    await deliveries.miss();
    await deliveries.hear();
    now += 20 * MINUTE;
    await deliveries.miss();
    expect(await deliveries.read()).toEqual({ heardAt: 1_000_000 });
  });
});
