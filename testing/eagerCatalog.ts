import { dirname, join } from 'node:path';

/** As far as it matters here. */
type Pipeline = {
  startTaskPipeline(options: { pollingIntervalMs: number }): unknown;
};

const LOOKS_FOR_WORK_MS = 100;

/**
 * Lets the catalogs of this process look for something to process ten times a
 * second. Once a second is what Backstage has, which no setting changes, and
 * what most tests would wait for most of the time.
 */
export function eagerCatalog(): void {
  const folder = dirname(require.resolve('@backstage/plugin-catalog-backend'));
  const pipeline: Pipeline = require(
    join(folder, 'processing', 'TaskPipeline.cjs.js'),
  );
  const start = pipeline.startTaskPipeline;
  pipeline.startTaskPipeline = options =>
    start({ ...options, pollingIntervalMs: LOOKS_FOR_WORK_MS });
}
