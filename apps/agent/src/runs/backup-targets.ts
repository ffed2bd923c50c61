import { setTimeout as sleep } from 'node:timers/promises';
import type { BackupOrder, RunNode } from '@breakwater/contract/agent-run';
import type { Remark } from '@breakwater/contract/remark';
import type { Failure } from '@breakwater/domain/failure';
import {
  type Candidate,
  DEFAULT_MARGIN,
  type PlacementDecision,
  rankNodes,
} from '@breakwater/domain/placement';
import { chooseFreshened } from '@breakwater/domain/speed-probe-subset';
import { type Backoff, pauseMs } from '@breakwater/storage-client/backoff';
import { failureOf, quote, say, sayFailure } from '../remarks/say.ts';
import { sayRefusal } from '../remarks/say-refusal.ts';
import type { RunContext } from './run-context.ts';
import type { Trouble } from './target-trouble.ts';

/** Refusals of the control center that no waiting of ours ends. */
const LASTING_REFUSALS = new Set(['full', 'over quota', 'draining']);
const WAIT_BACKOFF: Backoff = { firstMs: 2000, longestMs: 30_000 };

interface Exclusion {
  why: Remark;
  lasting: boolean;
}

/** Which node a backup goes to, first and after each failure of the one before. */
export class BackupTargets {
  readonly #context: RunContext;
  readonly #order: BackupOrder;
  readonly #backoff: Backoff;
  readonly #excluded = new Map<string, Exclusion>();
  #lastFailure: Failure | null = null;
  #waitingSince: number | null = null;
  #waits = 0;
  #chosenBefore = false;

  constructor(context: RunContext, order: BackupOrder, backoff: Backoff = WAIT_BACKOFF) {
    this.#context = context;
    this.#order = order;
    this.#backoff = backoff;
  }

  /** The best node of a fresh ranking, which is reported. Waits while there is none; throws `no-node` in the end. */
  async choose(): Promise<RunNode> {
    const context = this.#context;
    context.progress.useNode(null);
    context.progress.hold('placing');
    // The order's own description of the nodes is fresh; later ones are asked for.
    if (this.#chosenBefore) await context.nodes.refresh();
    for (;;) {
      context.signal.throwIfAborted();
      const { strategy, pinnedNodeId, usualNodeId = null, margin = DEFAULT_MARGIN } = this.#order;
      const options = { strategy, pinnedNodeId, usualNodeId, margin };
      const decision = rankNodes(await this.#candidates(), options);
      const node = decision.ok
        ? context.nodes.all.find((one) => one.nodeId === decision.chosen.nodeId)
        : undefined;
      if (decision.ok && node !== undefined) {
        const { chosen, ranking } = decision;
        context.report({
          type: 'placed',
          at: Date.now(),
          placement: { chosen, strategy, ranking, usualNodeId, margin, failOver: this.#chosenBefore },
        });
        this.#chosenBefore = true;
        context.progress.useNode(node.nodeName);
        context.logger.info({ node: node.nodeName, reason: ranking[0]?.reason }, 'a node was chosen');
        return node;
      }
      await this.#wait(decision.ok ? quote('the chosen node is gone') : this.#sayDecision(decision));
    }
  }

  /** The node chosen last failed. */
  failed(node: RunNode, failure: Failure, trouble: Exclude<Trouble, 'run'>): void {
    this.#lastFailure = failure;
    if (trouble !== 'same-node') {
      this.#excluded.set(node.nodeId, { why: sayFailure(failure), lasting: trouble === 'lasting' });
    }
    const said = say('node-failed', { node: node.nodeName, why: sayFailure(failure) });
    this.#context.note('warn', said);
    this.#context.logger.warn({ code: failure.code }, said.text);
  }

  /** Work has begun on the node chosen last: if all are gone later, waiting starts anew. */
  working(): void {
    this.#waitingSince = null;
    this.#waits = 0;
  }

  async #candidates(): Promise<Candidate[]> {
    const context = this.#context;
    const open = context.nodes.all.filter((node) => this.#refusal(node) === null);
    const worthProbing =
      this.#order.strategy === 'pinned'
        ? open.filter((node) => node.nodeId === this.#order.pinnedNodeId)
        : open;
    // A node's own limit holds however fast the way to it is. Those of the server and the task hold on every way alike.
    const speedOf = (nodeId: string): number | null => {
      const { sma } = context.speeds.window(nodeId);
      return sma === null ? null : Math.min(sma, context.bandwidth.shareOf(nodeId) ?? sma);
    };
    const known = worthProbing.map((node) => ({ ...node, bytesPerSecond: speedOf(node.nodeId) }));
    const promising = chooseFreshened(known, this.#order.usualNodeId ?? null);
    const unreachable = await context.prober.freshen(promising, context.signal);
    context.signal.throwIfAborted();
    return context.nodes.all.map((node) => ({
      nodeId: node.nodeId,
      nodeName: node.nodeName,
      bytesPerSecond: speedOf(node.nodeId),
      bytesToSend: node.bytesToSend,
      freeBytes: node.freeBytes,
      quotaLeftBytes: node.quotaLeftBytes ?? null,
      ...(node.load !== undefined && { load: node.load }),
      refusal: this.#refusal(node) ?? unreachable.get(node.nodeId) ?? null,
    }));
  }

  #refusal(node: RunNode): string | null {
    const excluded = this.#excluded.get(node.nodeId);
    if (excluded !== undefined) return excluded.why.text;
    if (node.refusal !== null) return node.refusal;
    if (!node.hasCopy && !this.#context.link.connected) {
      return 'has no copy yet, and the control center, which makes one, is away';
    }
    return null;
  }

  /** Whether time alone may give us a node again. */
  #mayChange(): boolean {
    const { strategy, pinnedNodeId } = this.#order;
    return this.#context.nodes.all.some((node) => {
      if (strategy === 'pinned' && node.nodeId !== pinnedNodeId) return false;
      if (this.#excluded.get(node.nodeId)?.lasting) return false;
      return node.refusal === null || !LASTING_REFUSALS.has(node.refusal);
    });
  }

  /** What a ranking without a node that may be used says. */
  #sayDecision({ reason, ranking }: Extract<PlacementDecision, { ok: false }>): Remark {
    const nodes = ranking.map(({ nodeId, nodeName: node, reason: words }) => {
      const excluded = this.#excluded.get(nodeId)?.why;
      return say('node-said', { node, why: excluded?.text === words ? excluded : sayRefusal(words) });
    });
    return nodes.length === 0
      ? { text: reason, kind: 'no-node', values: {} }
      : { text: reason, kind: 'no-node-takes-it', values: { nodes } };
  }

  async #wait(why: Remark): Promise<void> {
    const context = this.#context;
    const now = performance.now();
    this.#waitingSince ??= now;
    const left = this.#waitingSince + context.limits.nodeWaitMs - now;
    if (!this.#mayChange() || left <= 0) {
      throw failureOf(this.#lastFailure?.code ?? 'no-node', why, {
        retryable: true,
        cause: this.#lastFailure,
      });
    }
    context.progress.hold('waiting-for-node', why);
    if (this.#waits === 0) context.note('warn', say('waiting-for-node', { why }));
    this.#waits += 1;
    const pause = Math.min(left, pauseMs(this.#backoff, this.#waits, Math.random()));
    await sleep(pause, undefined, { signal: context.signal }).catch(() => undefined);
    context.signal.throwIfAborted();
    for (const [nodeId, { lasting }] of this.#excluded) if (!lasting) this.#excluded.delete(nodeId);
    await context.nodes.refresh();
  }
}
