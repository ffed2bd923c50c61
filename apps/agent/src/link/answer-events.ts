import { centerToAgent } from '@breakwater/contract/agent-messages';
import { cutText } from '@breakwater/domain/cut-text';
import { asFailure, Failure } from '@breakwater/domain/failure';
import type { Socket } from 'socket.io-client';
import type { z } from 'zod';

type Catalog = typeof centerToAgent;

/** What the control center may ask of this agent, by event name. */
export type CenterHandlers = {
  [E in keyof Catalog]: (
    body: z.output<Catalog[E]['request']>,
  ) => Promise<z.input<Catalog[E]['answer']>> | z.input<Catalog[E]['answer']>;
};

/**
 * Answers each event of the contract with `{ok: true, body}` or `{ok: false, failure}`. What does not parse reaches
 * no handler; the refusal names the field. `onFailure` hears of what is not the control center's fault.
 */
export function answerEvents(
  socket: Socket,
  handlers: CenterHandlers,
  onFailure: (event: string, failure: Failure) => void,
): void {
  for (const event of Object.keys(centerToAgent) as (keyof Catalog)[]) {
    const { request, answer } = centerToAgent[event];
    const handle = handlers[event] as (body: unknown) => unknown;
    socket.on(event as string, async (raw: unknown, acknowledge: unknown) => {
      const respond = typeof acknowledge === 'function' ? acknowledge : () => undefined;
      try {
        const body = request.safeParse(raw);
        if (!body.success) throw refusal(event, body.error);
        respond({ ok: true, body: answer.parse(await handle(body.data)) });
      } catch (error) {
        const failure = asFailure(error);
        if (failure.code === 'internal') onFailure(event, failure);
        const { code, message, retryable } = failure;
        respond({ ok: false, failure: { code, message: cutText(message, 4000), retryable } });
      }
    });
  }
}

function refusal(event: string, error: z.ZodError): Failure {
  const words = error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`)
    .join('; ');
  return new Failure('invalid-request', `The message "${event}" was refused: ${words}.`);
}
