import { DATABASES, DatabaseServer } from '../../../testing';
import { describeRows } from './describeRows';
import { Row } from './row';
import type { AnyWalkWorld, WorldOptions } from './WalkWorld';

type Rows<World> = { title: string; rows: Row<World>[] };

/**
 * Runs a selection of some parts of the fault table in one world: of the rows of a part
 * by which the same happens at the same place, the first one, and there the fault strikes
 * once. `test:rest` runs them all.
 */
export function describeSample<World extends AnyWalkWorld>(
  groups: Rows<World>[],
  start: (databases: DatabaseServer, options: WorldOptions) => Promise<World>,
  options: WorldOptions = {},
): void {
  describeRows(
    {
      title: groups.map(({ title }) => title).join('; '),
      rows: groups.flatMap(({ rows }) => sampleOf(rows)),
    },
    databases => start(databases, { ...options, isSample: true }),
    DATABASES,
  );
}

function sampleOf<World>(rows: Row<World>[]): Row<World>[] {
  const seen = new Set<string>();
  return rows.filter(({ strikes, happens }) => {
    const outcome = `${strikes}: ${happens}`;
    const isFirst = !seen.has(outcome);
    seen.add(outcome);
    return isFirst;
  });
}
