import { asFailure } from '@breakwater/domain/failure';
import type { Logger } from '@breakwater/process/logger';
import type { CenterLink } from '../link/center-link.ts';
import { describeAllowList } from './allow-list.ts';

/** A changed list is told this soon, ms. Runs read the file themselves. */
const LOOK_MS = 5000;

export interface CommandReportsOptions {
  file: string | null;
  link: () => Pick<CenterLink, 'request'>;
  logger: Logger;
}

/** Tells the control center after each connect, and when the list has changed, which commands may run here. */
export class CommandReports {
  readonly #options: CommandReportsOptions;
  #timer: NodeJS.Timeout | undefined;
  /** What this connection's control center knows, as text. */
  #told: string | null = null;
  #problem: string | null = null;
  #looking = false;

  constructor(options: CommandReportsOptions) {
    this.#options = options;
  }

  connected(): void {
    this.disconnected();
    void this.#look();
    // Without a file there is nothing that could change, but telling may have failed.
    this.#timer = setInterval(() => void this.#look(), LOOK_MS);
    this.#timer.unref();
  }

  disconnected(): void {
    clearInterval(this.#timer);
    this.#told = null;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const { file, link, logger } = this.#options;
    try {
      const commands = await describeAllowList(file);
      if (commands.problem !== this.#problem) {
        this.#problem = commands.problem;
        if (commands.problem === null) logger.info({ file }, 'the list of commands is in use again');
        else logger.error({ file }, commands.problem);
      }
      const text = JSON.stringify(commands);
      if (text === this.#told) return;
      await link().request('allowed-commands', commands);
      this.#told = text;
    } catch (error) {
      // An older control center knows no such event, and a broken connection comes back: looked at again.
      logger.debug({ reason: asFailure(error).message }, 'the list of commands was not told');
    } finally {
      this.#looking = false;
    }
  }
}
