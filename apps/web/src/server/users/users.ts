import { randomUUID } from 'node:crypto';
import type { Remark } from '@breakwater/contract/remark';
import type { Role } from '@breakwater/contract/resources';
import { Failure } from '@breakwater/domain/failure';
import type { Identity } from '../auth/identity.ts';
import { hashPassword, verifyPassword } from '../auth/password.ts';
import { limitTries } from '../auth/tries.ts';
import type { Center } from '../center.ts';
import type { NewEvent } from '../events/write-event.ts';
import { say } from '../remarks/say.ts';
import { refusedField } from '../http/field-refusal.ts';
import {
  changeUser,
  findPasswordHash,
  findUser,
  findUsers,
  insertUser,
  replacePassword,
  type UserRecord,
} from './user-records.ts';

export interface Users {
  /** By e-mail, one more than `limit`. */
  list(page: { limit: number; after?: string | undefined }): Promise<UserRecord[]>;
  /** With a password that its owner must replace. Throws `conflict` for an e-mail in use. */
  create(
    wanted: { email: string; name: string; role: Role; password: string },
    by: string,
  ): Promise<UserRecord>;
  /** Throws `not-found`, and `conflict` when no admin would be left. */
  change(id: string, change: { name?: string; role?: Role }, by: string): Promise<UserRecord>;
  /** Their sessions and API tokens go with them. Throws as `change`. */
  remove(id: string, by: string): Promise<void>;
  /** Throws `invalid-request` when the current one is wrong, `too-many-requests` after too many tries. */
  changePassword(
    who: Extract<Identity, { kind: 'user' }>,
    current: string,
    replacement: string,
  ): Promise<void>;
}

export function createUsers(center: Center): Users {
  const judge = (outcome: Awaited<ReturnType<typeof changeUser>>, id: string): void => {
    if (outcome === 'not-found') throw new Failure('not-found', `there is no user ${id}`);
    if (outcome === 'last-admin') {
      throw new Failure('conflict', 'this is the last admin: make another user an admin first');
    }
  };
  const about = (kind: string, id: string, remark: Remark): NewEvent => ({
    level: 'info',
    kind,
    remark,
    subject: { type: 'user', id },
  });
  return {
    list: (page) => findUsers(center.db, page),
    async create(wanted, by) {
      const { password, ...rest } = wanted;
      const passwordHash = await hashPassword(password);
      const added = await center.events.withChange(async (tx, tell) => {
        const user = await insertUser(tx, {
          ...rest,
          id: randomUUID(),
          email: wanted.email.toLowerCase(),
          mustChangePassword: true,
          passwordHash,
        });
        const { id, email, role } = user;
        await tell(about('user-added', id, say('user-added', { by, email, role })));
        return user;
      });
      center.live.changed('users', added.id);
      return added;
    },
    async change(id, change, by) {
      const changed = await center.events.withChange(async (tx, tell) => {
        judge(await changeUser(tx, id, change), id);
        const user = await findUser(tx, id);
        if (user === null) throw new Failure('not-found', `there is no user ${id}`);
        const { email, name, role } = user;
        await tell(about('user-changed', id, say('user-changed', { by, email, name, role })));
        return user;
      });
      center.live.changed('users', id);
      return changed;
    },
    async remove(id, by) {
      await center.events.withChange(async (tx, tell) => {
        const user = await findUser(tx, id);
        judge(await changeUser(tx, id, null), id);
        await tell(about('user-removed', id, say('user-removed', { by, email: user?.email ?? id })));
      });
      center.live.changed('users', id);
    },
    async changePassword(who, current, replacement) {
      const tries = limitTries(center.db, `password:${who.userId}`, 10, 5 * 60_000);
      await tries.take(center.now());
      const hash = await findPasswordHash(center.db, who.userId);
      if (hash === null || !(await verifyPassword(hash, current))) {
        throw refusedField('currentPassword', current, 'the password you signed in with');
      }
      if (current === replacement)
        throw refusedField('newPassword', replacement, 'another one than the current');
      const { userId, sessionId, email } = who;
      const replaced = await hashPassword(replacement);
      await center.events.withChange(async (tx, tell) => {
        await replacePassword(tx, userId, replaced, sessionId);
        await tell(about('password-changed', userId, say('password-changed', { email })));
      });
      await tries.forget();
      center.live.changed('users', userId);
    },
  };
}
