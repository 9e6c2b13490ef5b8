import '../../dev/sqlite';
import { loadBackend } from './features';
import { BackendSettings, FromBackend, ToBackend, Usage } from './settings';

/**
 * A process that holds nothing but a backend, so that its CPU time and memory
 * are the backend's alone. It ends with the process that started it.
 */
async function main(): Promise<void> {
  process.once('disconnect', () => process.exit(0));
  const settings: BackendSettings = JSON.parse(process.argv[2]);
  const backend = await loadBackend(settings);
  process.on('message', async (message: ToBackend) => {
    switch (message) {
      case 'usage':
        send({ kind: 'usage', usage: usage() });
        break;
      case 'held':
        send({ kind: 'held', bytes: heldBytes() });
        break;
      case 'stop':
        await backend.stop();
        send({ kind: 'stopped' });
        break;
    }
  });
  send({ kind: 'loaded', usage: usage() });
  await backend.start();
}

function send(message: FromBackend): void {
  process.send?.(message);
}

function usage(): Usage {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    cpuSeconds: (userCPUTime + systemCPUTime) / 1_000_000,
    peakBytes: maxRSS * 1024,
  };
}

/** With `--expose-gc`: what is in use once everything else is given up. */
function heldBytes(): number {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

main().catch(error => {
  process.stderr.write(`${error.stack}\n`);
  process.exit(1);
});
