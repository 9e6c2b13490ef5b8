import { ScmLocationAnalyzer } from '@backstage/plugin-catalog-node';

/** What the catalog is told of a URL. */
export type Analysis = Awaited<ReturnType<ScmLocationAnalyzer['analyze']>>;

/** An entity in a file that exists, and whether the catalog reads that file. */
export type ExistingEntity = Analysis['existing'][number];

export type Entity = ExistingEntity['entity'];
