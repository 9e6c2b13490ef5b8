import { RequestMeter } from '../../src/scm/types';
import {
  ALL_CALLS,
  CALLS_AT_COMMIT,
  CALLS_IN_REPOSITORY,
  ERRORS,
  LISTS,
  outcomesOf,
  PROVING_CALLS,
} from './calls';
import { Shop } from './shop';

/** An access token that signs single calls in place of the host's credential. */
const TOKEN = 'token-of-the-reader';

export function describeFailures(shop: () => Shop): void {
  it('says that a deleted repository is missing, whatever is asked of it', async () => {
    const { host, world } = shop();
    const place = await shop().place();
    await world.remove('shop');
    const outcomes = await outcomesOf(CALLS_IN_REPOSITORY, host, place, {});
    expect(
      outcomes.filter(({ outcome }) => outcome !== 'NotFoundError: repository'),
    ).toEqual([]);
  });

  it('says that a commit is missing, and nothing of the files at it', async () => {
    const { host } = shop();
    const place = await shop().place();
    place.at.hash = '0'.repeat(40);
    const outcomes = await outcomesOf(CALLS_AT_COMMIT, host, place, {});
    expect(
      outcomes.filter(({ outcome }) => outcome !== 'NotFoundError: ref'),
    ).toEqual([]);
  });

  it.each(ERRORS)(
    'concludes nothing from a failure (%s), and shows no credential in the error',
    async (failure, errors) => {
      const { host, world } = shop();
      const place = await shop().place();
      await world.failWith(failure);
      const outcomes = [
        ...(await outcomesOf(PROVING_CALLS, host, place, {})),
        ...(await outcomesOf(PROVING_CALLS, host, place, { token: TOKEN })),
      ];
      expect(
        outcomes.filter(({ outcome }) => !errors.includes(outcome)),
      ).toEqual([]);
      const shown = outcomes.map(outcome => outcome.shown).join();
      const secrets = [TOKEN, ...world.secrets];
      expect(secrets.filter(secret => shown.includes(secret))).toEqual([]);
    },
  );

  it('shows no credential in what it says of it', () => {
    const { host, world } = shop();
    const { kind, label } = host.credential;
    const why = [true, false].map(withOwnToken =>
      host.whyInvisible({ withOwnToken }),
    );
    const said = [kind, label, ...why].join();
    expect(world.secrets.filter(secret => said.includes(secret))).toEqual([]);
  });

  it('counts the requests of every call', async () => {
    const { host } = shop();
    const place = await shop().place();
    for (const [name, call] of Object.entries(ALL_CALLS)) {
      const meter = new RequestMeter();
      const sent = await shop().requestsOf(() => call(host, place, { meter }));
      expect(sent).not.toEqual([]);
      expect([name, meter.requests]).toEqual([name, sent.length]);
    }
  });

  it('gives up every call with the reason of its signal, and sends nothing', async () => {
    const { host } = shop();
    const place = await shop().place();
    const reason = new Error('The backend stops');
    const signal = AbortSignal.abort(reason);
    const sent = await shop().requestsOf(async () => {
      for (const [name, call] of Object.entries(ALL_CALLS)) {
        const result = await call(host, place, { signal }).catch(
          error => error,
        );
        expect([name, result]).toEqual([name, reason]);
      }
    });
    expect(sent).toEqual([]);
  });

  it('sends nothing for a list before it is iterated', async () => {
    const { host } = shop();
    const place = await shop().place();
    const lists = () =>
      Object.values(LISTS).forEach(list => list(host, place, {}));
    // What was sent before a call has arrived after it.
    const later = () => shop().place();
    const sent = await shop().requestsOf(async () => [lists(), await later()]);
    expect(sent).toEqual(await shop().requestsOf(later));
  });
}
