import { ApiProblem } from '../api/api-problem.ts';
import { apiSend, nothing } from '../api/client.ts';

export type SignInOutcome =
  | { type: 'signed-in' }
  | { type: 'refused' }
  | { type: 'too-many-tries'; retryAfterSeconds: number | null };

async function post(path: string, body: unknown): Promise<Response> {
  try {
    return await fetch(`/api/auth/${path}`, {
      method: 'POST',
      credentials: 'same-origin',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
    });
  } catch (cause) {
    throw new ApiProblem('unreachable', 'no answer', { cause });
  }
}

/** Opens a session. A wrong e-mail and a wrong password are told apart by nobody. */
export async function signIn(email: string, password: string): Promise<SignInOutcome> {
  const response = await post('sign-in/email', { email, password });
  if (response.ok) return { type: 'signed-in' };
  if (response.status === 429) {
    const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
    return { type: 'too-many-tries', retryAfterSeconds: Number.isFinite(seconds) ? seconds : null };
  }
  if (response.status >= 400 && response.status < 500) return { type: 'refused' };
  throw new ApiProblem('unexpected-answer', `HTTP ${response.status}`, { status: response.status });
}

export async function signOut(): Promise<void> {
  const response = await post('sign-out', {});
  // 401: the session had ended already, which is what was wanted.
  if (!response.ok && response.status !== 401) {
    throw new ApiProblem('unexpected-answer', `HTTP ${response.status}`, { status: response.status });
  }
}

export function changePassword(currentPassword: string, newPassword: string): Promise<unknown> {
  return apiSend('POST', '/session/password', { currentPassword, newPassword }, nothing);
}
