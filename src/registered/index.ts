export { noteRefreshKeys, readRegisteredFiles } from './refreshKeys';
export { RegisteredLocations } from './RegisteredLocations';
export { ScmEvents } from './ScmEvents';
export { scheduleUpkeep } from './upkeep';
