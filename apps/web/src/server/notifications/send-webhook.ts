import { Failure } from '@breakwater/domain/failure';
import type { Notice } from './notice.ts';

const TIMEOUT_MS = 10_000;

/**
 * POSTs the notice as JSON. `text` is what chat services show; `Idempotency-Key` is the event's id, for receivers
 * that must act once. Any answer but 2xx, a redirect too, is a Failure `unavailable` that says what came back.
 */
export async function sendWebhook(url: string, notice: Notice): Promise<string> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': notice.id },
      body: JSON.stringify({ ...notice, text: `Breakwater: ${notice.message}` }),
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new Failure('unavailable', `the webhook could not be reached: ${(cause as Error).message}`, {
      retryable: true,
      cause: error,
    });
  }
  await response.body?.cancel();
  if (!response.ok) {
    throw new Failure('unavailable', `the webhook answered ${response.status}`, { retryable: true });
  }
  return `the webhook answered ${response.status}`;
}
