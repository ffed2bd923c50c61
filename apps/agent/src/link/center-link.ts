import { AGENTS_NAMESPACE, agentHandshake, agentToCenter, answer } from '@breakwater/contract/agent-messages';
import { type FailureMessage, failureMessage } from '@breakwater/contract/failure-codes';
import { PROTOCOL_VERSION } from '@breakwater/contract/protocol-version';
import { Failure } from '@breakwater/domain/failure';
import type { Logger } from '@breakwater/process/logger';
import { io } from 'socket.io-client';
import type { z } from 'zod';
import { answerEvents, type CenterHandlers } from './answer-events.ts';

type Catalog = typeof agentToCenter;
type Body<E extends keyof Catalog> = z.input<Catalog[E]['request']>;
type Reply<E extends keyof Catalog> = z.output<Catalog[E]['answer']>;

export interface CenterLinkOptions {
  server: string;
  agentId: string;
  credential: string;
  version: string;
  handlers: CenterHandlers;
  onConnected: () => void;
  onDisconnected: () => void;
  /** The control center does not know this agent's credential any more. */
  onRejected: (failure: FailureMessage) => void;
  logger: Logger;
  /** For tests, in milliseconds. */
  reconnectMs?: { first: number; longest: number; afterRefusal: number };
}

export interface CenterLink {
  readonly connected: boolean;
  /**
   * Resolves with the control center's answer. Throws the Failure it answered, or `unavailable` (retryable) when
   * there is no connection, it breaks, or no answer comes in time.
   */
  request<E extends keyof Catalog>(event: E, body: Body<E>, timeoutMs?: number): Promise<Reply<E>>;
  /** Sends what is worthless when late: dropped while there is no connection or it is clogged. */
  sendVolatile<E extends keyof Catalog>(event: E, body: Body<E>): void;
  close(): void;
}

const ANSWER_MS = 20_000;
const RECONNECT_MS = { first: 500, longest: 15_000, afterRefusal: 60_000 };

/** The agent's one connection to the control center: dialled from here, and again for ever when it breaks. */
export function openCenterLink(options: CenterLinkOptions): CenterLink {
  const { logger } = options;
  const reconnectMs = options.reconnectMs ?? RECONNECT_MS;
  const handshake = agentHandshake.parse({
    protocolVersion: PROTOCOL_VERSION,
    agentId: options.agentId,
    credential: options.credential,
    version: options.version,
  });
  const socket = io(`${options.server}${AGENTS_NAMESPACE}`, {
    auth: handshake,
    // No long polling: it would tie an agent to one of several control-center instances.
    transports: ['websocket'],
    forceNew: true,
    reconnectionDelay: reconnectMs.first,
    reconnectionDelayMax: reconnectMs.longest,
    randomizationFactor: 0.5,
  });
  let redial: NodeJS.Timeout | undefined;
  let isSilent = false;
  let isClosed = false;
  // The library dials again by itself unless the other side said no.
  const dialAgainIn = (ms: number): void => {
    clearTimeout(redial);
    if (!isClosed) redial = setTimeout(() => socket.connect(), ms);
  };

  socket.on('connect', () => {
    isSilent = false;
    logger.info({ server: options.server }, 'connected to the control center');
    options.onConnected();
  });
  socket.on('disconnect', (reason) => {
    logger.warn({ reason }, 'the connection to the control center broke; work goes on, and reports are kept');
    options.onDisconnected();
    if (!socket.active) dialAgainIn(reconnectMs.first);
  });
  socket.on('connect_error', (error: Error & { data?: unknown }) => {
    const refused = failureMessage.safeParse(error.data);
    if (!refused.success) {
      // Once for each time it goes away, not for each try.
      if (!isSilent)
        logger.warn({ reason: error.message }, 'the control center cannot be reached; trying again');
      isSilent = true;
      if (!socket.active) dialAgainIn(reconnectMs.longest);
      return;
    }
    const { code, message, retryable } = refused.data;
    if (!retryable && (code === 'unauthenticated' || code === 'forbidden' || code === 'not-found')) {
      options.onRejected(refused.data);
      return;
    }
    logger.error({ code }, `the control center refused the connection: ${message}`);
    dialAgainIn(reconnectMs.afterRefusal);
  });
  answerEvents(socket, options.handlers, (event, failure) =>
    logger.error({ err: failure, event }, 'a request of the control center failed'),
  );

  async function request<E extends keyof Catalog>(
    event: E,
    body: Body<E>,
    timeoutMs: number = ANSWER_MS,
  ): Promise<Reply<E>> {
    const message = agentToCenter[event].request.parse(body);
    if (!socket.connected) throw unavailable('there is no connection to the control center');
    let raw: unknown;
    try {
      raw = await socket.timeout(timeoutMs).emitWithAck(event, message);
    } catch (error) {
      throw unavailable(`the control center did not answer "${event}"`, error);
    }
    const reply = answer(agentToCenter[event].answer).safeParse(raw);
    if (!reply.success) {
      throw unavailable(`the control center's answer to "${event}" is not as agreed`, reply.error);
    }
    if (!reply.data.ok) {
      const { code, message: words, retryable } = reply.data.failure;
      throw new Failure(code, words, { retryable });
    }
    return reply.data.body as Reply<E>;
  }

  return {
    get connected() {
      return socket.connected;
    },
    request,
    sendVolatile(event, body) {
      if (!socket.connected) return;
      socket.volatile
        .timeout(ANSWER_MS)
        .emit(event, agentToCenter[event].request.parse(body), () => undefined);
    },
    close() {
      isClosed = true;
      clearTimeout(redial);
      socket.disconnect();
    },
  };
}

function unavailable(message: string, cause?: unknown): Failure {
  return new Failure('unavailable', message, { retryable: true, cause });
}
