import { z } from 'zod';
import type { Database } from '../db/client.ts';
import type { Prisma } from '../db/generated/client.ts';

/** As it is stored: the SMTP password sealed by the master key, base64. */
export const storedNotifications = z.object({
  webhookUrl: z.string().nullable(),
  smtp: z
    .object({
      host: z.string(),
      port: z.number(),
      secure: z.boolean(),
      user: z.string().nullable(),
      sealedPassword: z.string().nullable(),
      from: z.string(),
      to: z.array(z.string()),
    })
    .nullable(),
});
export type StoredNotifications = z.infer<typeof storedNotifications>;

const confirmation = z.object({ confirmedAt: z.string().nullable() });

export async function findNotificationSettings(db: Database): Promise<StoredNotifications> {
  const row = await db.setting.findUnique({ where: { key: 'notifications' } });
  return row === null ? { webhookUrl: null, smtp: null } : storedNotifications.parse(row.value);
}

export async function findMasterKeyConfirmation(db: Database): Promise<string | null> {
  const row = await db.setting.findUnique({ where: { key: 'master-key' } });
  return row === null ? null : confirmation.parse(row.value).confirmedAt;
}

/** All of it or nothing. */
export async function saveSettings(
  tx: Prisma.TransactionClient,
  change: { notifications?: StoredNotifications; masterKeyConfirmedAt?: string | null },
): Promise<void> {
  const put = (key: string, value: object) =>
    tx.setting.upsert({ where: { key }, create: { key, value }, update: { value } });
  const { notifications, masterKeyConfirmedAt } = change;
  if (notifications !== undefined) await put('notifications', notifications);
  if (masterKeyConfirmedAt !== undefined) await put('master-key', { confirmedAt: masterKeyConfirmedAt });
}
