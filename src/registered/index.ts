export { RegisteredLocations } from './RegisteredLocations';
export { ScmEvents } from './ScmEvents';
