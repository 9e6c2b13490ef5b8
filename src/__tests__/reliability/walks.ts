import { FaultKind } from '../../../dev/simulator';
import {
  ANY_FILE,
  Place,
  Places,
  REPOSITORY_LIST,
  THE_PROOF,
  WHAT_CAME_AND_WENT,
} from './places';
import { until } from '../../../testing/until';
import { patternOf, Row } from './row';
import type { AnyWalkWorld } from './WalkWorld';
import { walkFailed, walkPaused } from '../../ingestion/WalkReporter';

/** A fault, or how it is made for a place and another host. */
type Kind = FaultKind | ((place: Place, elsewhere: string) => FaultKind);

export const THE_WALK_ENDS = 'the walk ends';

/** What a row is made of, apart from what happens. */
type Strike = { fault: string; kind: Kind; at: Places; says: string };

/** The line of a walk of a workspace, or of what another product has in its place. */
const anyKind = (line: string) => line.replace('of workspace ', 'of … ');

/** The line of a walk that a fault ends. */
export const failedWith = (says: string) =>
  patternOf(`${anyKind(walkFailed('…'))}: …${says}`);

/** The walk ends, and the next one brings what came and went meanwhile. */
export function ends({ fault, kind, at, says }: Strike): Row<AnyWalkWorld> {
  return {
    fault,
    strikes: at.name,
    happens: THE_WALK_ENDS,
    says,
    async run(world) {
      for (const place of world.placesOf(at)) {
        const struck = kindFor(kind, place, world);
        expect(await changedWalk(world, place, struck)).toMatch(
          failedWith(says),
        );
        await settles(world, place);
      }
      expect(world.elsewhere.requests.count()).toBe(0);
    },
  };
}

/**
 * The walk ends, since one repository after the other cannot be read; the next one
 * reads them all.
 */
export function outage({ fault, kind, at, says }: Strike): Row<AnyWalkWorld> {
  return {
    fault,
    strikes: `${at.name}, of one repository after the other`,
    happens: THE_WALK_ENDS,
    says,
    async run(world) {
      for (const place of world.placesOf(at)) {
        const struck = kindFor(kind, place, world);
        const change = () => world.bitbucket.push();
        expect(await world.struckWalk(place, struck, change)).toMatch(
          failedWith(says),
        );
        await readsAll(world);
      }
      expect(world.elsewhere.requests.count()).toBe(0);
    },
  };
}

/**
 * The walk is paused, and the next one after the pause brings what came and went.
 *
 * @param strike.seconds - how long it is paused at least
 */
export function pauses({
  fault,
  kind,
  at,
  says,
  rest,
  seconds,
}: Strike & { rest: string; seconds: number }): Row<AnyWalkWorld> {
  const pattern = patternOf(`${anyKind(walkPaused('…', '…'))}: …${says}`);
  return {
    fault,
    strikes: at.name,
    happens: `nothing is sent for ${rest}, and then the walk continues`,
    says,
    async run(world) {
      for (const place of world.placesOf(at)) {
        const struck = kindFor(kind, place, world);
        const line = await changedWalk(world, place, struck);
        expect(line).toMatch(pattern);
        expect(restOf(line)).toBeGreaterThanOrEqual(
          world.walkedAt + seconds * 1000,
        );
        await settles(world, place);
      }
    },
  };
}

/** Where a walk requests something of a list, of a repository, and to confirm a removal. */
export type Everywhere = {
  lists: Places;
  looks: Places;
  proof: Places;
  /** What the log says where a removal is not confirmed. */
  seen: string;
};

const ON_CLOUD: Everywhere = {
  lists: REPOSITORY_LIST,
  looks: ANY_FILE,
  proof: THE_PROOF,
  seen: 'GET …/repositories/acme/…',
};

/**
 * What becomes of a fault that may be about a single repository, wherever it strikes.
 *
 * @param strike.isOutage - whether it is an outage where several repositories have it
 */
export function isolated({
  isOutage = false,
  lists = ON_CLOUD.lists,
  looks = ON_CLOUD.looks,
  proof = ON_CLOUD.proof,
  seen = ON_CLOUD.seen,
  ...strike
}: Omit<Strike, 'at'> & Partial<Everywhere> & { isOutage?: boolean }) {
  return [
    ends({ ...strike, at: lists }),
    isOutage
      ? outage({ ...strike, at: looks })
      : skips({ ...strike, at: looks, reason: 'failing' }),
    keeps({ ...strike, at: proof, says: seen }),
  ];
}

/** Repositories are skipped and keep what is known of them; the next walk tries again. */
export function skips({
  fault,
  kind,
  at,
  says,
  reason,
}: Strike & { reason: 'vanished' | 'failing' }): Row<AnyWalkWorld> {
  const line = patternOf(`Skipped … (${reason}): GET …${says}`);
  return {
    fault,
    strikes: at.name,
    happens: `the repository is skipped (${reason}) and keeps what is known of it`,
    says,
    async run(world) {
      for (const place of world.placesOf(at)) {
        const struck = kindFor(kind, place, world);
        const change = () => world.bitbucket.push();
        const { length } = world.bitbucket.slugs;
        expect(await world.struckWalk(place, struck, change)).toMatch(
          patternOf(
            `${length} skipped (${length} ${reason}), 0 catalog files, 0 added, 0 removed, ${length} missing but kept, `,
          ),
        );
        expect(world.backend.messages('debug')).toContainEqual(
          expect.stringMatching(line),
        );
        await readsAll(world);
      }
      expect(world.elsewhere.requests.count()).toBe(0);
    },
  };
}

/** A repository that the list lacks is kept, since the request for it proves nothing. */
export function keeps({ fault, kind, at, says }: Strike): Row<AnyWalkWorld> {
  return {
    fault,
    strikes: at.name,
    happens: 'nothing is removed',
    says,
    async run(world) {
      for (const place of world.placesOf(at)) {
        const struck = kindFor(kind, place, world);
        expect(await changedWalk(world, place, struck)).toMatch(
          /, 1 added, (\d+ changed, )?0 removed, 1 missing but kept, /,
        );
        expect(world.backend.messages('debug')).toContainEqual(
          expect.stringMatching(patternOf(says)),
        );
        await settles(world, place);
      }
    },
  };
}

/**
 * Runs a walk that does what is to be done after a fault. The catalog has read it all
 * before the next fault, which would strike its reads too.
 */
async function settles(world: AnyWalkWorld, { after }: Place): Promise<void> {
  await world.catchesUp(after);
  await world.hasTheTruth();
}

/** The same, after pushes to the repositories. */
async function readsAll(world: AnyWalkWorld): Promise<void> {
  const { length } = world.bitbucket.slugs;
  expect(await world.walk()).toMatch(
    patternOf(`${length} repositories, 0 skipped, ${length} catalog files, `),
  );
  await world.hasTheTruth();
}

/**
 * A walk that a fault strikes after a repository came and another went. Where it strikes
 * after the one that came was added, the catalog has read that before the next walk.
 */
async function changedWalk(
  world: AnyWalkWorld,
  place: Place,
  kind: FaultKind,
): Promise<string> {
  const { bitbucket, backend } = world;
  const line = await world.struckWalk(place, kind, () => bitbucket.change());
  if (place.after !== WHAT_CAME_AND_WENT) {
    const added = bitbucket.slugs.at(-1)!;
    await until(
      async () => (await backend.names()).includes(added),
      `${added}, which was found before the fault`,
    );
  }
  return line;
}

function kindFor(kind: Kind, place: Place, { elsewhere }: AnyWalkWorld) {
  return typeof kind === 'function' ? kind(place, elsewhere.apiBaseUrl) : kind;
}

/** Until when a walk is paused, in milliseconds since the epoch. */
function restOf(line: string): number {
  return Date.parse(
    / is paused and continues after (\S+):/.exec(line)?.[1] ?? '',
  );
}
