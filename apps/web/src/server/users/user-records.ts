import { type Role, role } from '@breakwater/contract/resources';
import { Failure } from '@breakwater/domain/failure';
import type { Database } from '../db/client.ts';
import { Prisma } from '../db/generated/client.ts';
import type { UserModel } from '../db/generated/models/User.ts';

export interface UserRecord {
  id: string;
  email: string;
  name: string;
  role: Role;
  mustChangePassword: boolean;
  createdAt: Date;
}

export interface NewUser {
  id: string;
  email: string;
  name: string;
  role: Role;
  mustChangePassword: boolean;
  passwordHash: string;
}

type Transaction = Prisma.TransactionClient;

/** The user with their password, as better-auth reads it. Throws Failure `conflict` for an e-mail that is in use. */
export async function insertUser(db: Pick<Transaction, 'user'>, one: NewUser): Promise<UserRecord> {
  const { passwordHash, ...user } = one;
  try {
    const row = await db.user.create({
      data: {
        ...user,
        emailVerified: true,
        accounts: {
          create: { id: one.id, accountId: one.id, providerId: 'credential', password: passwordHash },
        },
      },
    });
    return recordOf(row);
  } catch (error) {
    if (!(error instanceof Prisma.PrismaClientKnownRequestError) || error.code !== 'P2002') throw error;
    throw new Failure('conflict', `there is a user with the e-mail ${one.email} already`, {
      cause: { fieldErrors: [{ field: 'email', given: `"${one.email}"`, expected: 'one that no user has' }] },
    });
  }
}

export async function findUser(db: Pick<Transaction, 'user'>, id: string): Promise<UserRecord | null> {
  const row = await db.user.findUnique({ where: { id } });
  return row === null ? null : recordOf(row);
}

/** By e-mail; one more than `limit`. */
export async function findUsers(
  db: Database,
  page: { limit: number; after?: string | undefined },
): Promise<UserRecord[]> {
  const rows = await db.user.findMany({
    where: page.after === undefined ? {} : { email: { gt: page.after } },
    orderBy: { email: 'asc' },
    take: page.limit + 1,
  });
  return rows.map(recordOf);
}

export type UserChange = 'done' | 'not-found' | 'last-admin';

/** Changes or, with null, deletes a user, unless no admin would be left: judged and done under one lock. */
export async function changeUser(
  tx: Transaction,
  id: string,
  change: { name?: string; role?: Role } | null,
): Promise<UserChange> {
  await lockUsers(tx);
  const user = await tx.user.findUnique({ where: { id } });
  if (user === null) return 'not-found';
  const staysAdmin = change !== null && (change.role ?? user.role) === 'admin';
  if (user.role === 'admin' && !staysAdmin) {
    const others = await tx.user.count({ where: { role: 'admin', id: { not: id } } });
    if (others === 0) return 'last-admin';
  }
  if (change === null) await tx.user.delete({ where: { id } });
  else await tx.user.update({ where: { id }, data: change });
  return 'done';
}

/** Runs `work` only if there is no user yet, and alone. False when there is one. */
export async function asFirstUser(db: Database, work: (tx: Transaction) => Promise<void>): Promise<boolean> {
  return db.$transaction(async (tx) => {
    await lockUsers(tx);
    if ((await tx.user.count()) > 0) return false;
    await work(tx);
    return true;
  });
}

/** Whether the user with this e-mail still has a one-time password. */
export async function awaitsNewPassword(db: Database, email: string): Promise<boolean> {
  return (await db.user.count({ where: { email, mustChangePassword: true } })) > 0;
}

export function countUsers(db: Database): Promise<number> {
  return db.user.count();
}

export async function findPasswordHash(db: Database, userId: string): Promise<string | null> {
  const account = await db.account.findFirst({ where: { userId, providerId: 'credential' } });
  return account?.password ?? null;
}

/** The new password, and the end of every session but one, together. */
export async function replacePassword(
  tx: Transaction,
  userId: string,
  passwordHash: string,
  keptSessionId: string,
): Promise<void> {
  await tx.account.updateMany({
    where: { userId, providerId: 'credential' },
    data: { password: passwordHash },
  });
  await tx.user.update({ where: { id: userId }, data: { mustChangePassword: false } });
  await tx.session.deleteMany({ where: { userId, id: { not: keptSessionId } } });
}

/** Who is to get in again: the one with this e-mail, else the admin that was made first. */
export async function findLockedOut(tx: Transaction, email: string | null): Promise<UserRecord | null> {
  const row = await tx.user.findFirst({
    where: email === null ? { role: 'admin' } : { email },
    orderBy: { createdAt: 'asc' },
  });
  return row === null ? null : recordOf(row);
}

/** A password that somebody else chose, to be replaced at the next sign-in; every session ends. */
export async function setOneTimePassword(
  tx: Transaction,
  userId: string,
  passwordHash: string,
): Promise<void> {
  await tx.account.updateMany({
    where: { userId, providerId: 'credential' },
    data: { password: passwordHash },
  });
  await tx.user.update({ where: { id: userId }, data: { mustChangePassword: true } });
  await tx.session.deleteMany({ where: { userId } });
}

async function lockUsers(tx: Transaction): Promise<void> {
  await tx.$executeRaw`LOCK TABLE "user" IN SHARE ROW EXCLUSIVE MODE`;
}

function recordOf(row: UserModel): UserRecord {
  const { id, email, name, mustChangePassword, createdAt } = row;
  return { id, email, name, mustChangePassword, createdAt, role: role.parse(row.role) };
}
