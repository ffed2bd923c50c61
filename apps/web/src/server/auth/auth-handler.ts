import { Failure } from '@breakwater/domain/failure';
import { z } from 'zod';
import type { Center } from '../center.ts';
import { databaseFailure } from '../db/database-failure.ts';
import { parseOrRefuse, readJson } from '../http/parse-request.ts';
import { problemResponse } from '../http/problem.ts';
import { requireSameOrigin } from '../http/same-origin.ts';
import { CLIENT_ADDRESS_HEADER } from './auth.ts';
import { limitTries, type Tries } from './tries.ts';

export const AUTH_PREFIX = '/api/auth';
const WINDOW_MS = 5 * 60_000;

const signIn = z.object({
  email: z.string().min(1).max(320),
  password: z.string().min(1).max(128),
  rememberMe: z.boolean().optional(),
});

/**
 * better-auth's endpoints, of which three are open: `POST /sign-in/email`, `POST /sign-out`, `GET /get-session`.
 * Everything else it could do (sign-up, changes to a user) goes through our own routes and their roles.
 */
export async function handleAuth(center: Center, request: Request): Promise<Response> {
  try {
    const path = new URL(request.url).pathname.slice(AUTH_PREFIX.length);
    const call = `${request.method} ${path}`;
    if (call === 'GET /get-session') return await center.auth.handle(request);
    if (call !== 'POST /sign-in/email' && call !== 'POST /sign-out') {
      throw new Failure('not-found', `there is no ${request.method} ${AUTH_PREFIX}${path}`);
    }
    // Not only for those who have a cookie: another site must not sign somebody in either. What is no browser
    // sends neither header.
    if (request.headers.has('origin') || request.headers.has('sec-fetch-site')) {
      requireSameOrigin(request, center.config.publicUrl);
    }
    return call === 'POST /sign-out' ? await center.auth.handle(request) : await signedIn(center, request);
  } catch (error) {
    const failure = databaseFailure(error);
    if (failure.code === 'internal') center.logger.error({ err: error }, 'sign-in failed');
    return problemResponse(failure);
  }
}

async function signedIn(center: Center, request: Request): Promise<Response> {
  const body = parseOrRefuse(signIn, await readJson(request), 'body');
  const email = body.email.trim().toLowerCase();
  const address = request.headers.get(CLIENT_ADDRESS_HEADER) ?? 'unknown';
  const own = limitTries(center.db, `sign-in:${email}:${address}`, 10, WINDOW_MS);
  const others: Tries[] = [
    limitTries(center.db, `sign-in-from:${address}`, 50, WINDOW_MS),
    // Guesses from many addresses at one account; high, as whoever reaches it locks the account's owner out.
    limitTries(center.db, `sign-in-as:${email}`, 100, WINDOW_MS),
  ];
  for (const tries of [own, ...others]) await tries.take(center.now());
  const headers = new Headers(request.headers);
  headers.delete('content-length');
  const asked = { method: 'POST', headers, body: JSON.stringify({ ...body, email }) };
  const response = await center.auth.handle(new Request(request.url, asked));
  if (response.status === 401) {
    center.logger.warn({ email, address }, 'a sign-in was refused');
    throw new Failure('unauthenticated', 'the e-mail or the password is wrong');
  }
  if (response.ok) for (const tries of [own, ...others]) await tries.forget();
  return response;
}
