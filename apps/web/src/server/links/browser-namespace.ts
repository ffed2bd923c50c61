import { BROWSER_NAMESPACE } from '@breakwater/contract/browser-events';
import { Failure } from '@breakwater/domain/failure';
import type { Server, Socket } from 'socket.io';
import { z } from 'zod';
import { type Identity, roleAllows } from '../auth/identity.ts';
import type { Center } from '../center.ts';
import { requireSameOrigin } from '../http/same-origin.ts';
import { admit } from './refuse-handshake.ts';

/** A session that ended, a token that was revoked, a role that was taken: noticed within this time. */
const RECHECK_MS = 30_000;

/** As a header's value may be: other characters are in no token. */
const bearer = z.object({ token: z.string().regex(/^[\x21-\x7e]{1,4096}$/) });

export interface BrowserNamespace {
  tick(): Promise<void>;
  close(): void;
}

/** Read-only: whoever may view is sent what changes. Nothing that browsers say is listened to. */
export function createBrowserNamespace(center: Center, io: Server): BrowserNamespace {
  const namespace = io.of(BROWSER_NAMESPACE);
  let checkedAt = center.now();

  namespace.use(
    admit(center.logger, async (socket) => {
      const identity = await identify(center, socket);
      if (identity === null) throw new Failure('unauthenticated', 'sign in, or send a valid API token');
      if (!mayWatch(identity)) throw new Failure('forbidden', 'the one-time password must be replaced first');
      if (identity.kind === 'user') requireOwnPage(center, socket);
    }),
  );
  const detach = center.live.attach((event, body) => {
    namespace.emit(event, body);
  });

  return {
    async tick() {
      if (center.now() - checkedAt < RECHECK_MS) return;
      checkedAt = center.now();
      for (const socket of namespace.sockets.values()) {
        const identity = await identify(center, socket);
        if (identity === null || !mayWatch(identity)) socket.disconnect(true);
      }
    },
    close: detach,
  };
}

function mayWatch(identity: Identity): boolean {
  return roleAllows(identity.role, 'viewer') && !(identity.kind === 'user' && identity.mustChangePassword);
}

function identify(center: Center, socket: Socket): Promise<Identity | null> {
  const headers = headersOf(socket);
  const given = bearer.safeParse(socket.handshake.auth);
  if (given.success) headers.set('authorization', `Bearer ${given.data.token}`);
  return center.auth.identify(headers);
}

/** A browser sends cookies with a WebSocket that any page opens, and says which page it was. */
function requireOwnPage(center: Center, socket: Socket): void {
  const headers = headersOf(socket);
  if (headers.get('origin') === null) return;
  requireSameOrigin(new Request('http://localhost/', { headers }), center.config.publicUrl);
}

function headersOf(socket: Socket): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(socket.handshake.headers)) {
    if (value !== undefined) headers.set(name, Array.isArray(value) ? value.join(', ') : value);
  }
  return headers;
}
