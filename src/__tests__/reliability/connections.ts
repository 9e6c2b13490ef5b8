import { Row } from './row';
import { Everywhere, failedWith, isolated, THE_WALK_ENDS } from './walks';
import type { AnyWalkWorld, WalkWorld } from './WalkWorld';
import { CONNECTION_FAILED } from '../../http/transportFaults';

/** Starts the backend where Bitbucket is out of reach, and then where it is not. */
async function restartsOutOfReach(
  world: WalkWorld,
  apiBaseUrl: string,
  says: string,
): Promise<void> {
  world.bitbucket.change();
  await world.keepsAll(() =>
    world.restart((timing, database) =>
      world.bitbucket.startBackend(timing, database, apiBaseUrl),
    ),
  );
  expect(world.lastLine()).toMatch(failedWith(says));
  await world.restart();
  world.hasCaughtUp('1 added, 1 removed');
  await world.hasTheTruth();
}

const NO_SUCH_HOST = 'https://bitbucket.invalid/2.0';

const AT_THE_START = 'the first request of a backend that starts';

/**
 * What may happen to the connection to either product.
 *
 * @param everywhere - where the product has what may fail. Default: as Bitbucket Cloud
 */
export const connectionRows = (
  everywhere: Partial<Everywhere> = {},
): Row<AnyWalkWorld>[] => [
  ...isolated({
    ...everywhere,
    fault: 'a connection that drops before the headers',
    kind: { kind: 'dropSocket', when: 'beforeHeaders' },
    isOutage: true,
    says: `${CONNECTION_FAILED} (ECONNRESET)`,
  }),
  ...isolated({
    ...everywhere,
    fault: 'a connection that drops in the body',
    kind: { kind: 'dropSocket', when: 'inBody' },
    isOutage: true,
    says: `${CONNECTION_FAILED} (`,
  }),
  {
    fault: 'nothing listens on the port',
    strikes: 'each request',
    happens: THE_WALK_ENDS,
    says: `${CONNECTION_FAILED} (ECONNREFUSED)`,
    async run(world) {
      world.bitbucket.change();
      await world.bitbucket.isDown(async () => {
        const line = await world.keepsAll(() => world.walk());
        expect(line).toMatch(failedWith(this.says));
      });
      await world.catchesUp('1 added, 1 removed');
      await world.hasTheTruth();
    },
  },
];

export const CONNECTIONS: Row<WalkWorld>[] = [
  ...connectionRows(),
  {
    fault: 'a host that is not to be found',
    strikes: AT_THE_START,
    happens: THE_WALK_ENDS,
    // ENOTFOUND, or EAI_AGAIN where there is no name server.
    says: `POST https://bitbucket.invalid/…: ${CONNECTION_FAILED} (E…)`,
    run(world) {
      return restartsOutOfReach(world, NO_SUCH_HOST, this.says);
    },
  },
  {
    fault: 'a certificate that is not trusted',
    strikes: AT_THE_START,
    happens: THE_WALK_ENDS,
    says: `${CONNECTION_FAILED} (DEPTH_ZERO_SELF_SIGNED_CERT)`,
    async run(world) {
      const proxy = await world.startSelfSigned();
      try {
        await restartsOutOfReach(world, `${proxy.origin}/2.0`, this.says);
      } finally {
        await proxy.stop();
      }
    },
  },
];
