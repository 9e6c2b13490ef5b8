export { walkWorkspace } from './walk';
export type { CatalogFile, SkipReason, Walk } from './walk';
