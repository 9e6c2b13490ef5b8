export { listIncluded } from './repositories';
export { isIncluded } from './repositoryFilter';
export type { CatalogFile, Skipped, SkipReason, Walk } from './types';
export { walkWorkspace } from './walk';
