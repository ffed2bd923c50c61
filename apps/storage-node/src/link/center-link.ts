import { answer, HEARTBEAT_INTERVAL_MS } from '@breakwater/contract/agent-messages';
import { failureMessage } from '@breakwater/contract/failure-codes';
import {
  centerToNode,
  type NodeHeartbeat,
  NODES_NAMESPACE,
  nodeHandshake,
  nodeToCenter,
} from '@breakwater/contract/node-messages';
import { PROTOCOL_VERSION } from '@breakwater/contract/protocol-version';
import { Failure } from '@breakwater/domain/failure';
import type { Logger } from '@breakwater/process/logger';
import { io, type Socket } from 'socket.io-client';
import type { z } from 'zod';
import { answerMessage, type CenterAnswer, refusalOf } from './answer-message.ts';
import type { CenterMessageHandlers } from './center-messages.ts';

export interface CenterLinkOptions {
  server: string;
  nodeId: string;
  credential: string;
  version: string;
  logger: Logger;
  /** What the next heartbeat tells, but for the times. */
  status: () => Promise<Omit<NodeHeartbeat, 'sentAt' | 'clockOffsetMs' | 'version'>>;
  handlers: CenterMessageHandlers;
  onConnection: (isConnected: boolean) => void;
  onClockOffset: (ms: number) => void;
  heartbeatMs?: number;
}

/** Pauses between tries: soon after a broken line, later when the control center itself said no. */
const RECONNECT_MS = { first: 250, most: 5000, afterGoodbye: 1000, afterRefusal: 5000 };

const TELL_TIMEOUT_MS = 10_000;
const heartbeatAnswer = answer(nodeToCenter.heartbeat.answer);

/**
 * The node's own connection to the control center: it dials out, beats every 5 s, and obeys a few messages. It
 * tries for ever; the node serves on without it.
 */
export class CenterLink {
  readonly #options: CenterLinkOptions;
  readonly #socket: Socket;
  readonly #timers = new Set<NodeJS.Timeout>();
  #beating: NodeJS.Timeout | undefined;
  #isBeating = false;
  #clockOffsetMs: number | null = null;
  #isClosed = false;

  constructor(options: CenterLinkOptions) {
    this.#options = options;
    const { server, nodeId, credential, version } = options;
    this.#socket = io(`${server.replace(/\/+$/, '')}${NODES_NAMESPACE}`, {
      transports: ['websocket'],
      forceNew: true,
      autoConnect: false,
      reconnectionDelay: RECONNECT_MS.first,
      reconnectionDelayMax: RECONNECT_MS.most,
      auth: nodeHandshake.parse({ protocolVersion: PROTOCOL_VERSION, nodeId, credential, version }),
    });
    this.#socket.on('connect', () => this.#connected());
    this.#socket.on('disconnect', (reason) => this.#disconnected(reason));
    this.#socket.on('connect_error', (error) => this.#refused(error));
    this.#obey();
  }

  open(): void {
    this.#socket.connect();
  }

  /**
   * Tells the control center something and resolves when it has acknowledged it. Throws `unavailable` while there is
   * no connection, and what the control center answers.
   */
  async tell<Name extends 'replication-progress' | 'replication-ended'>(
    name: Name,
    message: z.input<(typeof nodeToCenter)[Name]['request']>,
  ): Promise<void> {
    // Socket.IO would keep it until the next connection, when it is told again anyway.
    if (!this.#socket.connected) {
      throw new Failure('unavailable', 'The control center is not connected.', { retryable: true });
    }
    const body = nodeToCenter[name].request.parse(message);
    const reply = answer(nodeToCenter[name].answer).parse(
      await this.#socket.timeout(TELL_TIMEOUT_MS).emitWithAck(name, body),
    );
    if (!reply.ok) throw new Failure(reply.failure.code, reply.failure.message, { retryable: true });
  }

  close(): void {
    this.#isClosed = true;
    clearInterval(this.#beating);
    for (const timer of this.#timers) clearTimeout(timer);
    this.#socket.disconnect();
  }

  #connected(): void {
    this.#options.logger.info({ server: this.#options.server }, 'connected to the control center');
    this.#options.onConnection(true);
    clearInterval(this.#beating);
    this.#beating = setInterval(() => void this.#beat(), this.#options.heartbeatMs ?? HEARTBEAT_INTERVAL_MS);
    void this.#beat();
  }

  #disconnected(reason: string): void {
    clearInterval(this.#beating);
    this.#options.onConnection(false);
    if (this.#isClosed) return;
    this.#options.logger.warn({ reason }, 'connection to the control center lost; serving on');
    // Socket.IO does not come back by itself when the server ended the connection on purpose.
    if (reason === 'io server disconnect') this.#dialLater(RECONNECT_MS.afterGoodbye);
  }

  #refused(error: Error): void {
    const refusal = failureMessage.safeParse('data' in error ? error.data : undefined);
    if (refusal.success) {
      this.#options.logger.error(
        { code: refusal.data.code, reason: refusal.data.message },
        'the control center refused this node',
      );
    } else this.#options.logger.debug({ reason: error.message }, 'the control center cannot be reached');
    // A refusal by the server's own check ends Socket.IO's tries; the reason may go away, so we go on.
    if (!this.#socket.active) this.#dialLater(RECONNECT_MS.afterRefusal);
  }

  #dialLater(ms: number): void {
    if (this.#isClosed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#socket.connect();
    }, ms);
    this.#timers.add(timer);
  }

  async #beat(): Promise<void> {
    if (this.#isBeating || !this.#socket.connected) return;
    this.#isBeating = true;
    try {
      const status = await this.#options.status();
      // Socket.IO would keep it until the next connection, and it would be old news by then.
      if (!this.#socket.connected) return;
      const sentAt = Date.now();
      const heartbeat = nodeToCenter.heartbeat.request.parse({
        ...status,
        sentAt,
        version: this.#options.version,
        clockOffsetMs: this.#clockOffsetMs,
      });
      const reply = heartbeatAnswer.parse(
        await this.#socket.timeout(HEARTBEAT_INTERVAL_MS).emitWithAck('heartbeat', heartbeat),
      );
      if (!reply.ok) throw new Failure(reply.failure.code, reply.failure.message);
      // The answer was written about half-way between sending and now.
      this.#clockOffsetMs = Math.round((sentAt + Date.now()) / 2 - reply.body.receivedAt);
      this.#options.onClockOffset(this.#clockOffsetMs);
    } catch (error) {
      if (!this.#isClosed) this.#options.logger.warn({ err: error }, 'a heartbeat was not taken');
    } finally {
      this.#isBeating = false;
    }
  }

  #obey(): void {
    const { handlers, logger } = this.#options;
    const acts: Record<string, (payload: unknown) => Promise<CenterAnswer>> = {
      revocations: (payload) =>
        answerMessage('revocations', centerToNode.revocations, payload, handlers.revocations),
      'remove-locks': (payload) =>
        answerMessage('remove-locks', centerToNode['remove-locks'], payload, handlers['remove-locks']),
      locate: (payload) => answerMessage('locate', centerToNode.locate, payload, handlers.locate),
      'list-repositories': (payload) =>
        answerMessage(
          'list-repositories',
          centerToNode['list-repositories'],
          payload,
          handlers['list-repositories'],
        ),
      'measure-repository': (payload) =>
        answerMessage(
          'measure-repository',
          centerToNode['measure-repository'],
          payload,
          handlers['measure-repository'],
        ),
      replicate: (payload) => answerMessage('replicate', centerToNode.replicate, payload, handlers.replicate),
      'renew-replication': (payload) =>
        answerMessage(
          'renew-replication',
          centerToNode['renew-replication'],
          payload,
          handlers['renew-replication'],
        ),
      'stop-replication': (payload) =>
        answerMessage(
          'stop-replication',
          centerToNode['stop-replication'],
          payload,
          handlers['stop-replication'],
        ),
      bandwidth: (payload) => answerMessage('bandwidth', centerToNode.bandwidth, payload, handlers.bandwidth),
      released: (payload) => answerMessage('released', centerToNode.released, payload, handlers.released),
    };
    this.#socket.onAny(async (name: string, ...args: unknown[]) => {
      const acknowledge = args.at(-1);
      const act = Object.hasOwn(acts, name) ? acts[name] : undefined;
      const reply =
        act === undefined
          ? refusalOf(new Failure('invalid-request', `This node knows no message "${name.slice(0, 100)}".`))
          : await act(typeof acknowledge === 'function' ? args.at(-2) : acknowledge);
      if (!reply.ok)
        logger.warn({ event: name, failure: reply.failure }, 'a control message was not carried out');
      if (typeof acknowledge === 'function') acknowledge(reply);
    });
  }
}
