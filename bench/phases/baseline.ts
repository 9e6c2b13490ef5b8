import { BackendProcess } from '../backend';
import { Catalog } from '../catalog';
import { secondsSince, until } from '../wait';
import { memory, Memory } from './memory';

/** What the catalog takes by itself. */
export type Baseline = {
  /** From the start of the loaded backend to the last component. */
  seconds: number;
  cpuSeconds: number;
  memory: Memory;
  databaseBytes: number;
};

const LIMIT_MS = 900_000;

/** A backend without a module; its catalog gets as many components from nowhere. */
export async function baseline(
  catalog: Catalog,
  components: number,
): Promise<Baseline> {
  const backend = await BackendProcess.start({
    module: 'none',
    product: 'cloud',
    components,
    databaseFolder: catalog.folder,
    apiBaseUrl: 'http://127.0.0.1:1/2.0',
  });
  await until(async () => (await catalog.components()) >= components, {
    limitMs: LIMIT_MS,
    everyMs: 250,
  });
  const seconds = secondsSince(backend.loadedAt);
  const { cpuSeconds } = await backend.usage();
  const result = { seconds, cpuSeconds, memory: await memory(backend) };
  await backend.stop();
  return { ...result, databaseBytes: await catalog.bytes() };
}
