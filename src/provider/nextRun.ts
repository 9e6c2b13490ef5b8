import { SchedulerServiceTaskScheduleDefinition } from '@backstage/backend-plugin-api';
import { durationToMilliseconds } from '@backstage/types';
import { CronTime } from 'cron';

/**
 * When a task runs next, as Backstage's scheduler has it: a frequency counts
 * from the start of the last run, and what is overdue runs at once.
 *
 * @param startedAt - of the last run, in milliseconds since the epoch
 * @returns undefined for a task that only runs when it is triggered
 */
export function nextRun(
  { frequency }: SchedulerServiceTaskScheduleDefinition,
  startedAt: number,
): Date | undefined {
  if ('trigger' in frequency) {
    return undefined;
  }
  if ('cron' in frequency) {
    return new CronTime(frequency.cron).sendAt().toJSDate();
  }
  const due = startedAt + durationToMilliseconds(frequency);
  return new Date(Math.max(due, Date.now()));
}
