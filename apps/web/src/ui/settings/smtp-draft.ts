import type { Settings, settingsPatch } from '@breakwater/contract/resources';
import type { z } from 'zod';

type SavedSmtp = Settings['notifications']['smtp'];
type SmtpChange = NonNullable<NonNullable<z.input<typeof settingsPatch>['notifications']>['smtp']>;

/** The form as it is typed. */
export interface SmtpDraft {
  host: string;
  port: string;
  secure: boolean;
  user: string;
  /** '' leaves a stored password as it is. */
  password: string;
  from: string;
  to: string;
}

export function smtpDraft(saved: SavedSmtp): SmtpDraft {
  if (saved === null)
    return { host: '', port: '587', secure: false, user: '', password: '', from: '', to: '' };
  return {
    host: saved.host,
    port: String(saved.port),
    secure: saved.secure,
    user: saved.user ?? '',
    password: '',
    from: saved.from,
    to: saved.to.join(', '),
  };
}

/** What is sent: without a user there is no password to keep; recipients are parted by commas, spaces or lines. */
export function smtpChange(draft: SmtpDraft): SmtpChange {
  const user = draft.user.trim();
  return {
    host: draft.host.trim(),
    port: Number(draft.port),
    secure: draft.secure,
    user: user === '' ? null : user,
    ...(user === '' ? { password: null } : draft.password === '' ? {} : { password: draft.password }),
    from: draft.from.trim(),
    to: draft.to.split(/[\s,;]+/).filter((address) => address !== ''),
  };
}
