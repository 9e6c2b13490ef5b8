import { Writable } from 'node:stream';
import { WinstonLogger } from '@backstage/backend-defaults/rootLogger';
import { format, transports } from 'winston';
import { USER_AGENT } from './catalogView';
import { Screen } from './screen';

/** What the entity providers of this package log carries their name. */
const OWN_LINES = { target: '/^bitbucket(Cloud|Server)-provider:/' };

/** As a service that logs: what was pushed and delivered. */
export const SIMULATOR = 'simulator';

/** The looks at the catalog twice a second are not worth a line each. */
const LOOKS_AT_CATALOG = { message: `/"${USER_AGENT}"$/` };

/**
 * The backend's root logger, on a {@link Screen} that also shows progress.
 * Quiet, but for warnings and for what this package's entity providers and the
 * simulator say.
 *
 * @param options - `verbose` shows what others say as well
 */
export function createScreenLogger(
  screen: Screen,
  options: { verbose: boolean },
): WinstonLogger {
  const stream = new Writable({
    write(line: Buffer, _encoding, done) {
      screen.print(line.toString().trimEnd());
      done();
    },
  });
  const logger = WinstonLogger.create({
    level: options.verbose ? 'info' : 'warn',
    format: format.combine(
      format.timestamp({ format: 'HH:mm:ss' }),
      format.printf(
        ({ timestamp, level, plugin, service, message }) =>
          `${timestamp} ${level} ${plugin ?? service}: ${message}`,
      ),
    ),
    meta: { service: 'backend' },
    transports: [new transports.Stream({ stream })],
  });
  logger.setLevelOverrides([
    { matchers: OWN_LINES, level: 'info' },
    { matchers: { service: SIMULATOR }, level: 'info' },
    { matchers: LOOKS_AT_CATALOG, level: 'warn' },
  ]);
  return logger;
}
