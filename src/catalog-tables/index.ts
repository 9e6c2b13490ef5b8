export { CatalogSnapshot, countCatalogLocations } from './CatalogSnapshot';
export { CatalogTables } from './CatalogTables';
export { readConflicts } from './differences';
export type { Conflict, Differences } from './differences';
export {
  EMITTED,
  fromEmittedRow,
  fromTarget,
  locationRefOf,
} from './EmittedLocation';
export type {
  EmittedLocation,
  EmittedRow,
  LocatedFile,
} from './EmittedLocation';
export { MovedEntities } from './movedEntities';
export type { Move } from './movedEntities';
export {
  hasEntitiesOf,
  readCatalogRead,
  readUnreadNow,
  readUnreadUrls,
} from './processing';
export type { CatalogRead } from './processing';
export {
  readExistingKeys,
  readKeysAfter,
  readLocationUrls,
} from './refreshKeys';
export { leaveToRegistrations, readRegisteredUrls } from './registrations';
export { restoreReference, transferLocation } from './transfers';
