export { planCatalogPaths } from './catalogPaths';
export { filterRepositories, isIncluded } from './repositoryFilter';
export { toRepositoryQuery } from './repositoryQuery';
export type { Finding, FoundFile, Looked, Skipped, SkipReason } from './types';
export { walkRepositories } from './walk';
