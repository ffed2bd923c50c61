import type { Settings as SettingsAnswer, settingsPatch } from '@breakwater/contract/resources';
import type { z } from 'zod';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import {
  findMasterKeyConfirmation,
  findNotificationSettings,
  type StoredNotifications,
  saveSettings,
} from './setting-records.ts';

type Patch = z.output<typeof settingsPatch>;
type SmtpPatch = NonNullable<NonNullable<Patch['notifications']>['smtp']>;
const SMTP_PASSWORD = 'settings/smtp-password';

/** How to send e-mail, with the password open. */
export interface SmtpAccount {
  host: string;
  port: number;
  secure: boolean;
  user: string | null;
  password: string | null;
  from: string;
  to: string[];
}

export interface Settings {
  read(): Promise<SettingsAnswer>;
  change(patch: Patch, by: string): Promise<SettingsAnswer>;
  /** For delivery only: never part of an answer. */
  channels(): Promise<{ webhookUrl: string | null; smtp: SmtpAccount | null }>;
}

export function createSettings(center: Center): Settings {
  const read = async (): Promise<SettingsAnswer> => {
    const [notifications, masterKeyConfirmedAt] = await Promise.all([
      findNotificationSettings(center.db),
      findMasterKeyConfirmation(center.db),
    ]);
    return {
      notifications: { webhookUrl: notifications.webhookUrl, smtp: withoutPassword(notifications.smtp) },
      masterKeyConfirmedAt,
      masterKeyLocation: center.keys.master.location,
      heartbeatWindowMs: center.config.heartbeatWindowMs,
      probeIntervalMs: center.config.probeIntervalMs,
      speedWindow: center.config.speedWindow,
    };
  };
  return {
    read,
    async change(patch, by) {
      const before = await findNotificationSettings(center.db);
      const { notifications, masterKeyConfirmed } = patch;
      const what = Object.keys(patch);
      await center.events.withChange(async (tx, tell) => {
        await saveSettings(tx, {
          ...(notifications === undefined ? {} : { notifications: merged(center, before, notifications) }),
          ...(masterKeyConfirmed === undefined
            ? {}
            : { masterKeyConfirmedAt: masterKeyConfirmed ? new Date(center.now()).toISOString() : null }),
        });
        if (what.length === 0) return;
        await tell({
          level: 'info',
          kind: 'settings-changed',
          remark: say('settings-changed', { by, what }),
        });
      });
      center.live.changed('settings');
      return read();
    },
    async channels() {
      const { webhookUrl, smtp } = await findNotificationSettings(center.db);
      if (smtp === null) return { webhookUrl, smtp };
      const { sealedPassword, ...rest } = smtp;
      const sealed = sealedPassword === null ? null : Buffer.from(sealedPassword, 'base64');
      const password = sealed === null ? null : center.keys.master.openText(sealed, SMTP_PASSWORD);
      return { webhookUrl, smtp: { ...rest, password } };
    },
  };
}

function withoutPassword(smtp: StoredNotifications['smtp']): SettingsAnswer['notifications']['smtp'] {
  if (smtp === null) return null;
  const { sealedPassword, ...rest } = smtp;
  return { ...rest, hasPassword: sealedPassword !== null };
}

function merged(
  center: Center,
  before: StoredNotifications,
  patch: NonNullable<Patch['notifications']>,
): StoredNotifications {
  return {
    webhookUrl: patch.webhookUrl === undefined ? before.webhookUrl : patch.webhookUrl,
    smtp:
      patch.smtp === undefined
        ? before.smtp
        : patch.smtp === null
          ? null
          : sealed(center, before, patch.smtp),
  };
}

function sealed(center: Center, before: StoredNotifications, given: SmtpPatch): StoredNotifications['smtp'] {
  const { password, ...rest } = given;
  if (password === undefined) {
    return { ...rest, sealedPassword: before.smtp?.sealedPassword ?? null };
  }
  const box = password === null ? null : center.keys.master.sealText(password, SMTP_PASSWORD);
  return { ...rest, sealedPassword: box === null ? null : Buffer.from(box).toString('base64') };
}
