export { walkWorkspace } from './walk';
export type { CatalogFile, SkipReason, Skipped, Walk } from './walk';
