import { DATABASES } from '../../../testing';
import { describeRows } from './describeRows';
import { Row } from './row';
import { WalkWorld } from './WalkWorld';

type Rows = { title: string; rows: Row<WalkWorld>[] };

/**
 * Runs a selection of some parts of the fault table in one world: of the rows of a part
 * by which the same happens at the same place, the first one, and there the fault strikes
 * once. `test:rest` runs them all.
 */
export function describeSample(
  groups: Rows[],
  options: { repositories?: number; attemptTimeoutMs?: number } = {},
): void {
  describeRows(
    {
      title: groups.map(({ title }) => title).join('; '),
      rows: groups.flatMap(({ rows }) => sampleOf(rows)),
    },
    databases => WalkWorld.start(databases, { ...options, isSample: true }),
    DATABASES,
  );
}

function sampleOf(rows: Row<WalkWorld>[]): Row<WalkWorld>[] {
  const seen = new Set<string>();
  return rows.filter(({ strikes, happens }) => {
    const outcome = `${strikes}: ${happens}`;
    const isFirst = !seen.has(outcome);
    seen.add(outcome);
    return isFirst;
  });
}
