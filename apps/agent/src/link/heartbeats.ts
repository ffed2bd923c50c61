import { HEARTBEAT_INTERVAL_MS, type Heartbeat } from '@breakwater/contract/agent-messages';
import { asFailure } from '@breakwater/domain/failure';
import type { Logger } from '@breakwater/process/logger';
import type { CenterLink } from './center-link.ts';
import { ClockOffset } from './clock-offset.ts';

export interface HeartbeatsOptions {
  link: Pick<CenterLink, 'connected' | 'request'>;
  /** What this agent is doing, asked for each heartbeat. */
  describe: () => Pick<Heartbeat, 'state' | 'runs'>;
  version: string;
  platform: string;
  logger: Logger;
  intervalMs?: number;
}

/** Tells the control center every five seconds, and at once when something changed, that this agent is there. */
export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  readonly #clock = new ClockOffset();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
  }

  /** After a connection was made. */
  start(): void {
    this.stop();
    this.#clock.reset();
    this.#timer = setInterval(() => this.beat(), this.#options.intervalMs ?? HEARTBEAT_INTERVAL_MS);
    this.beat();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** One heartbeat now; nothing when there is no connection. */
  beat(): void {
    if (this.#options.link.connected) void this.#send();
  }

  async #send(): Promise<void> {
    const { link, describe, version, platform, logger, intervalMs } = this.#options;
    const sentAt = Date.now();
    const began = performance.now();
    try {
      const heartbeat = { ...describe(), version, platform, sentAt, clockOffsetMs: this.#clock.ms };
      const { receivedAt } = await link.request('heartbeat', heartbeat, intervalMs ?? HEARTBEAT_INTERVAL_MS);
      const first = this.#clock.ms === null;
      this.#clock.note(sentAt, receivedAt, performance.now() - began);
      // Runs are dispatched by it: the control center should not have to wait for the next.
      if (first) this.beat();
    } catch (error) {
      // The next one follows soon; only the connection itself decides whether anybody is there.
      logger.debug({ reason: asFailure(error).message }, 'a heartbeat was not answered');
    }
  }
}
