// What few tests need, and takes long to load, is imported by itself: ./prometheus, ./bitbucketOrg.
export { acmeBackends } from './acmeBackends';
export { TestBackend } from './backend';
export type { Database } from './backendConfig';
export { BackendProcess } from './BackendProcess';
export { CatalogTables } from './catalogTables';
export {
  BOTH_DATABASES,
  DATABASES,
  sharedPostgres,
  startPostgres,
  startSqlite,
} from './databases';
export type { DatabaseServer, PostgresServer } from './databases';
export { clientWithTiming, dataCenterClientWithTiming } from './client';
export { configFor, configForDataCenter, withoutRereads } from './configFor';
export { componentFile } from './entities';
export type { ShownEntity } from './entities';
export { identities } from './identities';
export type { Identity } from './identities';
export type { LogLine } from './logs';
export { describeWorld } from './describeWorld';
export { openDatabase } from './openDatabase';
export { ON_DEMAND } from './schedule';
export { until } from './until';
export { watchComponents } from './watchComponents';
