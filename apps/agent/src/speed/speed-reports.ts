import type { SpeedSample } from '@breakwater/contract/agent-messages';
import { asFailure } from '@breakwater/domain/failure';
import type { CenterLink } from '../link/center-link.ts';

/** Sends speed samples to the control center; while there is no connection, the latest of each node waits. */
export class SpeedReports {
  readonly #link: () => Pick<CenterLink, 'connected' | 'request'>;
  readonly #waiting = new Map<string, SpeedSample>();

  constructor(link: () => Pick<CenterLink, 'connected' | 'request'>) {
    this.#link = link;
  }

  add(sample: SpeedSample): void {
    this.#waiting.set(sample.nodeId, sample);
    this.#send(sample);
  }

  connected(): void {
    for (const sample of this.#waiting.values()) this.#send(sample);
  }

  #send(sample: SpeedSample): void {
    const link = this.#link();
    if (!link.connected) return;
    const forget = (): void => {
      if (this.#waiting.get(sample.nodeId) === sample) this.#waiting.delete(sample.nodeId);
    };
    link.request('speed', sample).then(forget, (error) => {
      // Refused for good, such as for a node that is gone: it would be refused again.
      if (!asFailure(error).retryable) forget();
    });
  }
}
