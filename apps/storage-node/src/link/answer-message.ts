import { cutText } from '@breakwater/domain/cut-text';
import { asFailure, Failure } from '@breakwater/domain/failure';
import { z } from 'zod';

export type CenterAnswer =
  | { ok: true; body: unknown }
  | { ok: false; failure: { code: string; message: string; retryable: boolean } };

/** Parses one message of the control center's, acts on it, and says how it went. It never throws. */
export async function answerMessage<Request extends z.ZodType, Answer extends z.ZodType>(
  name: string,
  schema: { request: Request; answer: Answer },
  payload: unknown,
  act: (request: z.output<Request>) => Promise<z.input<Answer>>,
): Promise<CenterAnswer> {
  try {
    const parsed = schema.request.safeParse(payload);
    if (!parsed.success) {
      throw new Failure(
        'invalid-request',
        `The message "${name}" was refused: ${z.prettifyError(parsed.error)}`,
      );
    }
    return { ok: true, body: schema.answer.parse(await act(parsed.data)) };
  } catch (error) {
    return refusalOf(error);
  }
}

export function refusalOf(error: unknown): CenterAnswer {
  const { code, message, retryable } = asFailure(error);
  return { ok: false, failure: { code, message: cutText(message, 4000), retryable } };
}
