import { Failure } from '@breakwater/domain/failure';
import { createTransport } from 'nodemailer';
import type { SmtpAccount } from '../settings/settings.ts';
import type { Notice } from './notice.ts';

const TIMEOUT_MS = 15_000;

/** Sends the notice as plain text. Throws Failure `unavailable` with what the mail server said. */
export async function sendEmail(account: SmtpAccount, notice: Notice): Promise<string> {
  const transport = createTransport({
    host: account.host,
    port: account.port,
    secure: account.secure,
    ...(account.user === null ? {} : { auth: { user: account.user, pass: account.password ?? '' } }),
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  });
  try {
    const sent = await transport.sendMail({
      from: account.from,
      to: account.to,
      subject: subjectOf(notice),
      text: textOf(notice),
      messageId: `<${notice.id}@breakwater>`,
    });
    return `the mail server took it: ${sent.response}`;
  } catch (error) {
    throw new Failure(
      'unavailable',
      `the mail server ${account.host} did not take it: ${(error as Error).message}`,
      {
        retryable: true,
        cause: error,
      },
    );
  } finally {
    transport.close();
  }
}

/** One line: what went wrong is readable in a list of mails. */
function subjectOf(notice: Notice): string {
  const line = notice.message.replace(/\s+/g, ' ');
  return `[Breakwater] ${line.length > 150 ? `${line.slice(0, 149)}…` : line}`;
}

function textOf(notice: Notice): string {
  const lines = [notice.message, '', `When: ${notice.at}`, `Kind: ${notice.kind} (${notice.level})`];
  if (notice.subject !== null) lines.push(`About: ${notice.subject.type} ${notice.subject.id}`);
  if (notice.url !== null) lines.push(`Look here: ${notice.url}`);
  return `${lines.join('\n')}\n`;
}
