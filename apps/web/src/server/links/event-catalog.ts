import { answer } from '@breakwater/contract/agent-messages';
import type { FieldError } from '@breakwater/contract/failure-codes';
import { Failure } from '@breakwater/domain/failure';
import type { Namespace, Socket } from 'socket.io';
import { z } from 'zod';
import { databaseFailure, toldFailure } from '../db/database-failure.ts';
import { parseInput, sayFieldError } from '../http/parse-input.ts';

/** Events of one direction, by name: what is sent and what is answered. */
export type EventCatalog = Record<string, { request: z.ZodType; answer: z.ZodType }>;

export type EventHandlers<C extends EventCatalog> = {
  [E in keyof C]: (body: z.output<C[E]['request']>) => Promise<z.input<C[E]['answer']>>;
};

type Acknowledge = (reply: unknown) => void;

/**
 * Answers every event of the catalog on this socket with `{ok: true, body}` or `{ok: false, failure}`. A body that
 * does not parse is refused, names the field, and reaches no handler. `onFailure` hears what was not the peer's fault.
 */
export function answerEvents<C extends EventCatalog>(
  socket: Socket,
  catalog: C,
  handlers: EventHandlers<C>,
  onFailure: (event: string, failure: Failure) => void,
): void {
  for (const [event, { request, answer: reply }] of Object.entries(catalog)) {
    const handle = handlers[event as keyof C] as (body: unknown) => Promise<unknown>;
    socket.on(event, async (raw: unknown, acknowledge: unknown) => {
      const respond: Acknowledge =
        typeof acknowledge === 'function' ? (acknowledge as Acknowledge) : () => {};
      try {
        const body = parseInput(request, raw, 'body');
        if (!body.ok) throw refusal(event, body.fieldErrors);
        respond({ ok: true, body: reply.parse(await handle(body.data)) });
      } catch (error) {
        const failure = databaseFailure(error);
        if (failure.code === 'internal') onFailure(event, failure);
        respond({ ok: false, failure: toldFailure(failure) });
      }
    });
  }
}

function refusal(event: string, errors: readonly FieldError[]): Failure {
  const words = errors.slice(0, 5).map(sayFieldError).join('; ');
  return new Failure('invalid-request', `the event "${event}" was refused: ${words}`);
}

/**
 * Calls whoever is in `room`, on whichever control-center instance it is connected, and returns its parsed answer.
 * Throws Failure `agent-offline` (nobody there; `absent` names it), `timeout`, or the failure the peer answered.
 */
export async function callRoom<C extends EventCatalog, E extends keyof C & string>(
  namespace: Namespace,
  room: string,
  catalog: C,
  event: E,
  body: z.input<C[E]['request']>,
  options: { timeoutMs: number; absent: Failure },
): Promise<z.output<C[E]['answer']>> {
  const entry = catalog[event];
  if (entry === undefined) throw new Failure('internal', `there is no event "${event}"`);
  const message = entry.request.parse(body);
  let replies: unknown[];
  try {
    replies = await namespace.to(room).timeout(options.timeoutMs).emitWithAck(event, message);
  } catch (error) {
    // Another instance that has just died is waited for in vain, though the peer itself has answered.
    replies = heardSoFar(error);
    if (replies.length > 0) return parseReply(catalog, event, replies[0]);
    throw new Failure('timeout', `no answer to "${event}" within ${options.timeoutMs / 1000} s`, {
      retryable: true,
      cause: error,
    });
  }
  if (replies.length === 0) throw options.absent;
  return parseReply(catalog, event, replies[0]);
}

function heardSoFar(error: unknown): unknown[] {
  const { responses } = error as { responses?: unknown };
  return Array.isArray(responses) ? responses : [];
}

function parseReply<C extends EventCatalog, E extends keyof C & string>(
  catalog: C,
  event: E,
  raw: unknown,
): z.output<C[E]['answer']> {
  const reply = answer(catalog[event]?.answer ?? z.never()).safeParse(raw);
  if (!reply.success) {
    throw new Failure(
      'internal',
      `the answer to "${event}" is not as agreed: ${z.prettifyError(reply.error)}`,
    );
  }
  if (!reply.data.ok) {
    const { code, message: words, retryable } = reply.data.failure;
    throw new Failure(code, words, { retryable });
  }
  return reply.data.body as z.output<C[E]['answer']>;
}
