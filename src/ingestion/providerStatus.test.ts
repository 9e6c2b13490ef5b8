import { nextRun } from './providerStatus';

describe('nextRun', () => {
  const timeout = { minutes: 1 };
  const HOUR = 3_600_000;
  const nextHour = Math.ceil((Date.now() + 1) / HOUR) * HOUR;

  it('counts a frequency from the start of the last run', () => {
    const schedule = { frequency: { hours: 1 }, timeout };
    const startedAt = Date.now() + HOUR;
    expect(nextRun(schedule, startedAt)?.getTime()).toBe(startedAt + HOUR);
  });

  it('counts a run that is overdue as due', () => {
    const before = Date.now();
    const schedule = { frequency: { minutes: 5 }, timeout };
    const next = nextRun(schedule, before - HOUR)?.getTime();
    expect(next).toBeGreaterThanOrEqual(before);
    expect(next).toBeLessThan(nextHour + HOUR);
  });

  it.each([{ cron: '0 * * * *' }, { trigger: 'manual' as const }])(
    'leaves out what only the scheduler knows: %j',
    frequency => {
      expect(nextRun({ frequency, timeout }, 0)).toBeUndefined();
    },
  );
});
