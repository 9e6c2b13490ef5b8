import {
  coreServices,
  createServiceFactory,
  RootLoggerService,
} from '@backstage/backend-plugin-api';
import { inspect } from 'node:util';

/** A line that a backend logged. */
export type LogLine = { level: string; message: string; text: string };

/** A root logger that keeps every line in `lines`, with all that came along with it. */
export function recordLogs(lines: LogLine[]) {
  return createServiceFactory({
    service: coreServices.rootLogger,
    deps: {},
    factory: () => createLogger(lines, {}),
  });
}

function createLogger(lines: LogLine[], fields: object): RootLoggerService {
  const log = (level: string) => (message: string, meta?: object) => {
    const text = inspect({ message, fields, meta }, { depth: 10 });
    lines.push({ level, message: String(message), text });
  };
  return {
    error: log('error'),
    warn: log('warn'),
    info: log('info'),
    debug: log('debug'),
    child: more => createLogger(lines, { ...fields, ...more }),
  };
}
