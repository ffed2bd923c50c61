import { settingsPatch } from '@breakwater/contract/resources';
import { expect, test } from 'vitest';
import { smtpChange, smtpDraft } from './smtp-draft.ts';

const saved = {
  host: 'mail.example',
  port: 465,
  secure: true,
  user: 'breakwater',
  hasPassword: true,
  from: 'backup@example.com',
  to: ['a@example.com', 'b@example.com'],
};

test('what was saved and not touched is sent as it was, the password left out', () => {
  const change = smtpChange(smtpDraft(saved));
  expect(change).toEqual({
    host: 'mail.example',
    port: 465,
    secure: true,
    user: 'breakwater',
    from: 'backup@example.com',
    to: ['a@example.com', 'b@example.com'],
  });
  expect(settingsPatch.safeParse({ notifications: { smtp: change } }).success).toBe(true);
});

test('a new password is sent, and none is kept without a user', () => {
  expect(smtpChange({ ...smtpDraft(saved), password: 'new' })).toMatchObject({ password: 'new' });
  expect(smtpChange({ ...smtpDraft(saved), user: ' ' })).toMatchObject({ user: null, password: null });
});

test('recipients may be parted by commas, spaces or lines', () => {
  expect(smtpChange({ ...smtpDraft(null), to: ' a@x.de,b@x.de; c@x.de\nd@x.de ' }).to).toEqual([
    'a@x.de',
    'b@x.de',
    'c@x.de',
    'd@x.de',
  ]);
});
