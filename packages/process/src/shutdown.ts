import type { Logger } from './logger.ts';

type Closer = { name: string; close: () => Promise<void> | void };

/**
 * Orderly end of a process: on SIGTERM, SIGINT, or when the parent that started it with an IPC channel is gone,
 * closers run last-registered first, and the process ends by `graceMs` at the latest.
 */
export class Shutdown {
  readonly #closers: Closer[] = [];
  readonly #logger: Logger;
  readonly #graceMs: number;
  #ending: Promise<void> | undefined;

  constructor(logger: Logger, graceMs = 10_000) {
    this.#logger = logger;
    this.#graceMs = graceMs;
  }

  listen(): void {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => this.#exit(signal));
    if (process.send !== undefined) process.on('disconnect', () => this.#exit('parent gone'));
  }

  onClose(name: string, close: () => Promise<void> | void): void {
    this.#closers.push({ name, close });
  }

  async close(): Promise<void> {
    this.#ending ??= this.#run();
    await this.#ending;
  }

  #exit(why: string): void {
    this.#logger.info({ why }, 'stopping');
    const timer = setTimeout(() => process.exit(1), this.#graceMs);
    timer.unref();
    void this.close().then(() => process.exit(0));
  }

  async #run(): Promise<void> {
    for (const { name, close } of this.#closers.reverse()) {
      try {
        await close();
      } catch (error) {
        this.#logger.error({ err: error, closer: name }, 'could not close cleanly');
      }
    }
  }
}
