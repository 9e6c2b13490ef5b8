import fc from 'fast-check';
import { Delivery } from '../../src/scm/changes';
import { Shop } from './shop';

/** What would end a line of the log, or make it look like another. */
export const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}]/u;

export function describeDeliveries(shop: () => Shop): void {
  it('names the repository, the branch and its head after a push, even without headers', async () => {
    const { host, world } = shop();
    await world.push('shop', 'feature/x', { 'a.txt': 'a' });
    const { uuid, fullName } = await shop().find();
    const { hash: head } = await shop().headOf('feature/x');
    const { headers, payload } = world.delivery();
    for (const arrived of [headers, {}]) {
      expect(host.deliveries.read(arrived, payload)).toMatchObject({
        events: [
          {
            kind: 'push',
            uuid,
            fullName: fullName.toLowerCase(),
            workspace: host.workspaceOf(fullName).toLowerCase(),
            branches: [{ name: 'feature/x', head }],
          },
        ],
      });
    }
    const again = () => host.deliveries.read(headers, payload).id;
    expect(again()).toBe(again());
  });

  it('reads whatever arrives', () => {
    const { deliveries } = shop().host;
    const headers = fc.dictionary(fc.string(), fc.string());
    fc.assert(
      fc.property(headers, fc.jsonValue(), (...delivery) => {
        expect(deliveries.read(...delivery)).toBeDefined();
      }),
    );
  });

  it('gives events that can be logged, whatever a part of a delivery is', async () => {
    const { host, world } = shop();
    await world.push('shop', 'feature/x', { 'a.txt': 'a' });
    const { headers, payload } = world.delivery();
    const odd = ['', 'a\nb', '\u001b[2J', '\u2028'];
    const deliveries = [
      ...[null, 5, [], {}, ...odd].flatMap(other =>
        withOneChanged(payload, other).map(one => ({ headers, payload: one })),
      ),
      ...odd.flatMap(other =>
        Object.keys(headers).map(name => ({
          headers: { ...headers, [name]: other },
          payload,
        })),
      ),
    ];
    const read = deliveries.map(one =>
      host.deliveries.read(one.headers, one.payload),
    );
    expect(textsIn(read).filter(one => UNPRINTABLE.test(one))).toEqual([]);
  });
}

/** All that some JSON can be if something else is in one of its places. */
export function withOneChanged<T>(json: T, other: unknown): T[] {
  const written = JSON.stringify(json);
  let places = 0;
  const replaceAt = (place: number): T => {
    places = 0;
    return JSON.parse(written, (_, value) => {
      places += 1;
      return places === place ? other : value;
    });
  };
  replaceAt(0);
  return Array.from({ length: places }, (_, place) => replaceAt(place + 1));
}

/** All texts of events, and the reasons why there are none. */
export function textsIn(deliveries: Delivery[]): string[] {
  const texts: string[] = [];
  JSON.stringify(deliveries, (_, value) => {
    if (typeof value === 'string') {
      texts.push(value);
    }
    return value;
  });
  return texts;
}
