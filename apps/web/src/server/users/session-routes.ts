import { passwordChange, session } from '@breakwater/contract/resources';
import { Failure } from '@breakwater/domain/failure';
import { defineRoute } from '../http/route.ts';

const tag = 'Session';

export const sessionRoutes = [
  defineRoute({
    method: 'GET',
    path: '/session',
    tag,
    summary: 'Who you are; for an API token its name and role',
    role: 'viewer',
    beforePasswordChange: true,
    answer: session,
    async handle({ identity }) {
      if (identity.kind === 'api-token') {
        const { tokenId, name, role } = identity;
        return { user: { id: tokenId, email: '', name, role, mustChangePassword: false } };
      }
      const { userId, email, name, role, mustChangePassword } = identity;
      return { user: { id: userId, email, name, role, mustChangePassword } };
    },
  }),
  defineRoute({
    method: 'POST',
    path: '/session/password',
    tag,
    summary: 'Change your own password; your other sessions end',
    role: 'viewer',
    beforePasswordChange: true,
    body: passwordChange,
    answer: 'nothing',
    async handle({ body, identity, center }) {
      if (identity.kind !== 'user') throw new Failure('forbidden', 'an API token has no password');
      await center.users.changePassword(identity, body.currentPassword, body.newPassword);
    },
  }),
];
