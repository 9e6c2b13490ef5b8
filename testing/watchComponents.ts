import { setTimeout as sleep } from 'node:timers/promises';
import { TestBackend } from './backend';

/** What repeated requests to the catalog have shown. */
type Observation = { looks: number; missed: string[] };

/**
 * Looks at the catalog again and again, and notes which of these components it
 * ever lacked.
 *
 * @param pauseMs - between looks. Default: none
 * @returns a function that ends this
 */
export function watchComponents(
  backend: TestBackend,
  names: string[],
  pauseMs = 0,
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
      await sleep(pauseMs);
    }
  };
  const looking = look();
  return async () => {
    watching = false;
    await looking;
    return { looks, missed: [...missed] };
  };
}
