import { watch } from 'chokidar';

/** Saving takes an editor several steps, and many files are written one after the other. */
const QUIET_MS = 150;

/**
 * Watches a folder and everything below it.
 *
 * @param options - `onRest` is called when the watch has begun, and after each
 * change once nothing has happened for `quietMs`, by default 150; `onError` hears
 * why changes may go unnoticed
 * @returns ends the watch
 */
export function watchFolder(
  folder: string,
  options: {
    onRest(): void;
    onError(error: Error): void;
    quietMs?: number;
  },
): () => Promise<void> {
  const { onRest, onError, quietMs = QUIET_MS } = options;
  let timer: NodeJS.Timeout | undefined;
  const wait = () => {
    clearTimeout(timer);
    timer = setTimeout(onRest, quietMs);
  };
  const watcher = watch(folder, { ignoreInitial: true, followSymlinks: false });
  watcher.on('ready', wait).on('all', wait).on('error', onError);
  return async () => {
    await watcher.close();
    clearTimeout(timer);
  };
}
