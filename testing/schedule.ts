/**
 * Walks once at the start and then only when it is triggered, and reads the full
 * list of repositories each time.
 */
export const ON_DEMAND = {
  schedule: {
    frequency: { hours: 24 },
    timeout: { minutes: 5 },
    scope: 'local',
  },
  fullWalk: { milliseconds: 1 },
};
