import {
  readSchedulerServiceTaskScheduleDefinitionFromConfig,
  SchedulerServiceTaskScheduleDefinition,
} from '@backstage/backend-plugin-api';
import { ConfigReader } from '@backstage/config';
import { z } from 'zod';
import { ConfigValue, parsedBy, Problem } from './schema';

/**
 * Every two minutes, as the walk of an unchanged workspace is one request; and
 * ten minutes for one walk: a first one that takes longer goes on with the next,
 * and so long does a walk stand still whose backend was killed.
 */
const DEFAULTS = { frequency: { minutes: 2 }, timeout: { minutes: 10 } };

const EXAMPLES = {
  frequency: "'2 minutes', { minutes: 2 } or { cron: '0 * * * *' }",
  timeout: "'10 minutes' or { minutes: 10 }",
  initialDelay: "'15 seconds' or { seconds: 15 }",
  scope: 'global or local',
};

const fieldsSchema = z.object(
  {
    frequency: parsedBy(parserOf('frequency')).optional(),
    timeout: parsedBy(parserOf('timeout')).optional(),
    initialDelay: parsedBy(parserOf('initialDelay')).optional(),
    scope: parsedBy(parserOf('scope')).optional(),
  },
  { message: 'must be a map, with keys such as frequency and timeout.' },
);

export const scheduleKeys = Object.keys(fieldsSchema.shape);

/**
 * `schedule` of a provider, as in Backstage's task schedules.
 *
 * @see https://backstage.io/docs/backend-system/core-services/scheduler
 */
export const scheduleSchema = fieldsSchema
  .optional()
  .transform((fields): SchedulerServiceTaskScheduleDefinition => ({
    ...fields,
    frequency: fields?.frequency ?? DEFAULTS.frequency,
    timeout: fields?.timeout ?? DEFAULTS.timeout,
  }));

/**
 * Parses one field with Backstage's own function, which reads a whole schedule and
 * stops at the first problem. So each field is read alone, among the defaults.
 */
function parserOf<K extends keyof typeof EXAMPLES>(field: K) {
  return (value: ConfigValue): SchedulerServiceTaskScheduleDefinition[K] => {
    const schedule = new ConfigReader(
      { ...DEFAULTS, [field]: value },
      'schedule',
    );
    try {
      return readSchedulerServiceTaskScheduleDefinitionFromConfig(schedule)[
        field
      ];
    } catch (error) {
      throw new Problem(
        `cannot be read. Write for example ${EXAMPLES[field]}. (${
          error instanceof Error ? error.message : error
        })`,
      );
    }
  };
}
