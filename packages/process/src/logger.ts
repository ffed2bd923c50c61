import { type Logger, pino } from 'pino';

export type { Logger } from 'pino';

/** JSON lines on stderr, so that stdout stays free for what a command answers. */
export function createLogger(name: string, level = 'info'): Logger {
  return pino(
    { name, level, redact: ['*.password', '*.token', '*.credential', 'password', 'token', 'credential'] },
    pino.destination({ fd: 2, sync: true }),
  );
}
