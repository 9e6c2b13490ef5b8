/** `2026-11-01T10:00:00.123000+00:00`, as in repositories. */
export const preciseDate = (time: number) =>
  new Date(time).toISOString().replace('Z', '000+00:00');

/** `2026-11-01T10:00:00+00:00`, as in commits. */
export const secondsDate = (time: number) =>
  new Date(time).toISOString().replace(/\.\d+Z$/, '+00:00');
