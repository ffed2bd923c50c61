import type { RunNode } from '@breakwater/contract/agent-run';
import { RUN_TOKEN_SECONDS } from '@breakwater/contract/storage-token';
import { asFailure } from '@breakwater/domain/failure';
import type { Logger } from '@breakwater/process/logger';
import { z } from 'zod';
import type { CenterLink } from '../link/center-link.ts';

const RETRY_MS = 60_000;
const REFRESH_MS = 5000;
/** The longest delay a timer takes. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** A run's nodes as the control center last described them, with tokens that are renewed at half of their life. */
export class RunNodes {
  readonly #runId: string;
  readonly #link: Pick<CenterLink, 'connected' | 'request'>;
  readonly #logger: Logger;
  #nodes: readonly RunNode[];
  #timer: NodeJS.Timeout | undefined;

  constructor(
    runId: string,
    nodes: readonly RunNode[],
    link: Pick<CenterLink, 'connected' | 'request'>,
    logger: Logger,
  ) {
    this.#runId = runId;
    this.#nodes = nodes;
    this.#link = link;
    this.#logger = logger;
    this.#plan(this.#halfLifeMs());
  }

  get all(): readonly RunNode[] {
    return this.#nodes;
  }

  /** The newest token for this node. */
  token(nodeId: string): string {
    return this.#nodes.find((node) => node.nodeId === nodeId)?.token ?? '';
  }

  /** Asks the control center for the nodes as they are now; what is known stays when it does not answer. */
  async refresh(timeoutMs: number = REFRESH_MS): Promise<boolean> {
    if (!this.#link.connected) return false;
    try {
      const { nodes } = await this.#link.request('renew-tokens', { runId: this.#runId }, timeoutMs);
      this.#nodes = nodes;
      this.#plan(this.#halfLifeMs());
      return true;
    } catch (error) {
      this.#logger.warn({ reason: asFailure(error).message }, "a run's tokens could not be renewed yet");
      return false;
    }
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #plan(delayMs: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      async () => {
        if (!(await this.refresh())) this.#plan(RETRY_MS);
      },
      Math.min(delayMs, MAX_TIMER_MS),
    );
    this.#timer.unref();
  }

  #halfLifeMs(): number {
    const lives = this.#nodes.map((node) => lifeSeconds(node.token) ?? RUN_TOKEN_SECONDS);
    return Math.max(1, (Math.min(RUN_TOKEN_SECONDS, ...lives) * 1000) / 2);
  }
}

const times = z.object({ iat: z.number(), exp: z.number() });

/** How long a token lives in all, by its own claims and so by one clock; undefined when it does not say. */
function lifeSeconds(token: string): number | undefined {
  try {
    const claims = times.parse(JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()));
    return claims.exp - claims.iat;
  } catch {
    return undefined;
  }
}
