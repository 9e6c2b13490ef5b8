import { Screen } from './screen';

type Stoppable = { stop?(): Promise<void> };

/** Everything is kept in memory, so that nothing is lost by leaving in a hurry. */
const HURRY_AFTER_MS = 1_500;

/**
 * Ends the process on Ctrl-C or SIGTERM, after stopping what runs, one after the
 * other.
 *
 * To be called once all modules are loaded: while they are, the process is too
 * busy to notice a signal that it wants to handle itself.
 */
export function stopOnSignal(screen: Screen, running: Stoppable[]): void {
  const stop = async () => {
    screen.clearStatus();
    screen.print('\nStopping.');
    setTimeout(() => process.exit(0), HURRY_AFTER_MS);
    for (const part of running) {
      await part.stop?.();
    }
    process.exit(0);
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}
