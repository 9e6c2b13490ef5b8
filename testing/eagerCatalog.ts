import { dirname, join } from 'node:path';

/** As far as it matters here. */
type Pipeline = {
  startTaskPipeline(options: { pollingIntervalMs: number }): unknown;
};
type Engine = {
  DefaultCatalogProcessingEngine: {
    prototype: {
      orphanCleanupIntervalMs: number;
      startOrphanCleanup(): unknown;
    };
  };
};

const POLLING_INTERVAL_MS = 100;
const ORPHAN_CLEANUP_INTERVAL_MS = 2_000;

/**
 * Lets the catalogs of this process look for something to process ten times a
 * second, and remove orphans every other second. Backstage does so once a second
 * and twice a minute, which no setting changes, and most tests would spend most of
 * their time waiting for it.
 */
export function eagerCatalog(): void {
  const folder = dirname(require.resolve('@backstage/plugin-catalog-backend'));
  const processing = join(folder, 'processing');

  const pipeline: Pipeline = require(join(processing, 'TaskPipeline.cjs.js'));
  const startPipeline = pipeline.startTaskPipeline;
  pipeline.startTaskPipeline = options =>
    startPipeline({ ...options, pollingIntervalMs: POLLING_INTERVAL_MS });

  const { DefaultCatalogProcessingEngine }: Engine = require(
    join(processing, 'DefaultCatalogProcessingEngine.cjs.js'),
  );
  const engine = DefaultCatalogProcessingEngine.prototype;
  const startCleanup = engine.startOrphanCleanup;
  engine.startOrphanCleanup = function startEagerCleanup() {
    this.orphanCleanupIntervalMs = ORPHAN_CLEANUP_INTERVAL_MS;
    return startCleanup.call(this);
  };
}
