import { BackendProcess } from './backend';
import { Bitbucket } from './bitbucket';
import { Catalog } from './catalog';
import { changedFile, Trials } from './phases';

type Settings = Parameters<typeof BackendProcess.start>[0];

/** `catalog.stitchingStrategy.pollingInterval`, a second by default. */
export const STITCH_EVERY_MS = 200;

/** How soon walks bring changed files into the catalog. */
export type ChangedFiles = {
  changedFile: Trials;
  /** With {@link STITCH_EVERY_MS}. */
  changedSooner: Trials;
};

/**
 * Changes catalog files that walks of this module notice.
 *
 * @param settings - of an earlier backend, which has filled the catalog
 */
export async function changedFiles(
  settings: Settings,
  bitbucket: Bitbucket,
  catalog: Catalog,
): Promise<ChangedFiles> {
  const change = async (more: Partial<Settings>) => {
    // Triggered walks begin at once then, and not when a scheduler looks for them.
    const local = { ...settings, ...more, localWalks: true };
    await catalog.spreadDue();
    const backend = await BackendProcess.start(local);
    const walks = { walks: true };
    const trials = await changedFile(backend, bitbucket, catalog, walks);
    await backend.stop();
    return trials;
  };
  return {
    changedFile: await change({}),
    changedSooner: await change({ stitchEveryMs: STITCH_EVERY_MS }),
  };
}
