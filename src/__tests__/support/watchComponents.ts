import { setImmediate } from 'node:timers/promises';
import { TestBackend } from './backend';

/** What somebody saw who looked at the catalog again and again. */
export type Observation = { looks: number; missed: string[] };

/**
 * Looks at the catalog without a pause, and notes which of these components it
 * ever lacked.
 *
 * @returns a function that ends this
 */
export function watchComponents(
  backend: TestBackend,
  names: string[],
): () => Promise<Observation> {
  const missed = new Set<string>();
  let looks = 0;
  let watching = true;
  const look = async () => {
    while (watching) {
      const present = await backend.names();
      names
        .filter(name => !present.includes(name))
        .forEach(name => missed.add(name));
      looks += 1;
      await setImmediate();
    }
  };
  const looking = look();
  return async () => {
    watching = false;
    await looking;
    return { looks, missed: [...missed] };
  };
}
