import { LoggerService } from '@backstage/backend-plugin-api';

/** A logger that keeps its lines. */
export type RecordingLogger = LoggerService & {
  readonly lines: { level: string; message: string }[];
};

export function recordingLogger(): RecordingLogger {
  const lines: { level: string; message: string }[] = [];
  const record = (level: string) => (message: string) => {
    lines.push({ level, message });
  };
  const logger: RecordingLogger = {
    lines,
    error: record('error'),
    warn: record('warn'),
    info: record('info'),
    debug: record('debug'),
    child: () => logger,
  };
  return logger;
}
