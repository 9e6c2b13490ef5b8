/** Walks once at the start and then only when it is triggered. */
export const ON_DEMAND = {
  frequency: { hours: 24 },
  timeout: { minutes: 5 },
  scope: 'local',
};
