import { role } from '@breakwater/contract/resources';
import { betterAuth } from 'better-auth';
import { prismaAdapter } from 'better-auth/adapters/prisma';
import type { CenterConfig } from '../config.ts';
import type { Database } from '../db/client.ts';
import type { MasterKey } from '../keys/master-key.ts';
import type { Identity } from './identity.ts';
import { hashPassword, verifyPassword } from './password.ts';
import { askForSessions, deleteExpiredSessions } from './session-records.ts';

/** The header in which the HTTP server, and nobody else, says where a request came from. */
export const CLIENT_ADDRESS_HEADER = 'x-breakwater-client-address';
export const MIN_PASSWORD = 12;
export const MAX_PASSWORD = 128;
const SESSION_SECONDS = 7 * 86_400;

export interface Auth {
  /** Who a request is from, by session cookie or `Authorization: Bearer`; null when nobody that is known. */
  identify(headers: Headers): Promise<Identity | null>;
  /** better-auth's own endpoints below /api/auth. Throws what the database says where they fail for want of it. */
  handle(request: Request): Promise<Response>;
  /** Forgets sessions that are over; they are refused without it too. */
  forgetExpiredSessions(now: Date): Promise<void>;
}

type TokenLookup = (secret: string) => Promise<Identity | null>;

/** Sessions and passwords by better-auth, API tokens by `findToken`. */
export function createAuth(
  db: Database,
  master: MasterKey,
  config: CenterConfig,
  findToken: TokenLookup,
): Auth {
  const secure = config.tls !== null || config.publicUrl?.startsWith('https:') === true;
  const sessions = betterAuth({
    database: prismaAdapter(db, { provider: 'postgresql' }),
    secret: Buffer.from(master.derive('session cookies')).toString('base64url'),
    baseURL: config.publicUrl ?? `${secure ? 'https' : 'http'}://localhost`,
    basePath: '/api/auth',
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: MIN_PASSWORD,
      maxPasswordLength: MAX_PASSWORD,
      password: { hash: hashPassword, verify: ({ hash, password }) => verifyPassword(hash, password) },
    },
    user: {
      additionalFields: {
        role: { type: 'string', required: true, input: false },
        mustChangePassword: { type: 'boolean', required: true, input: false },
      },
    },
    session: { expiresIn: SESSION_SECONDS, updateAge: 86_400 },
    // Tries are limited by `sign-in-tries.ts`, by e-mail as well as by address.
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { disabled: true },
    advanced: {
      cookiePrefix: 'breakwater',
      useSecureCookies: secure,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax', path: '/' },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      // `requireSameOrigin` is asked before a request gets here, and it also knows the names we are reached by.
      disableOriginCheck: true,
      disableCSRFCheck: true,
    },
  });

  /** better-auth does not say what it failed on: where it was the database, this does, and it is worth another try. */
  const sessionOf = async (headers: Headers) => {
    try {
      return await sessions.api.getSession({ headers });
    } catch {
      await askForSessions(db);
      return await sessions.api.getSession({ headers });
    }
  };

  return {
    async identify(headers) {
      const bearer = /^Bearer +(\S+)$/i.exec(headers.get('authorization') ?? '')?.[1];
      if (bearer !== undefined) return findToken(bearer);
      if (headers.get('cookie') === null) return null;
      const found = await sessionOf(headers);
      if (found === null) return null;
      return {
        kind: 'user',
        userId: found.user.id,
        sessionId: found.session.id,
        email: found.user.email,
        name: found.user.name,
        role: role.parse(found.user.role),
        mustChangePassword: found.user.mustChangePassword,
      };
    },
    async handle(request) {
      const response = await sessions.handler(request);
      if (response.status >= 500) await askForSessions(db);
      return response;
    },
    forgetExpiredSessions: (now) => deleteExpiredSessions(db, now),
  };
}
