import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { notificationTestAnswer, settings } from '@breakwater/contract/resources';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { quote } from '../remarks/say.ts';
import { startTestCenter, type TestCenter } from '../testing/start-test-center.ts';

interface Hook {
  headers: Record<string, unknown>;
  body: { id: string; message: string; kind: string; text: string };
}

let center: TestCenter;
let receiver: Server;
let hooks: Hook[];
let hookStatus: number;
let mails: string[];
let mailServer: SMTPServer;
let heard: () => void;

beforeAll(async () => {
  center = await startTestCenter();
  receiver = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    hooks.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
    response.writeHead(hookStatus, { location: 'http://127.0.0.1:1/' }).end();
    heard();
  });
  await once(receiver.listen(0, '127.0.0.1'), 'listening');
  mailServer = new SMTPServer({
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _session, done) =>
      username === 'breakwater' && password === 'mail secret'
        ? done(null, { user: username })
        : done(new Error('wrong')),
    onData: (stream, _session, done) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString());
        done();
        heard();
      });
    },
  });
  await new Promise<void>((resolve) => mailServer.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await center.close();
  receiver.close();
  await new Promise<void>((resolve) => mailServer.close(() => resolve()));
});
beforeEach(() => {
  hooks = [];
  mails = [];
  hookStatus = 204;
  heard = () => {};
});
afterEach(() => patch({ notifications: { webhookUrl: null, smtp: null } }));

const patch = (body: object) => center.call('PATCH', '/settings', { token: center.admin.apiToken, body });
const test = async (channel: string) =>
  (
    await center.call('POST', '/settings/notifications/test', {
      token: center.admin.apiToken,
      body: { channel },
    })
  ).as(notificationTestAnswer);

const hookUrl = () => `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/hook`;
const smtp = (more: object = {}) => ({
  ...{ host: '127.0.0.1', port: (mailServer.server.address() as AddressInfo).port, secure: false },
  ...{ user: 'breakwater', password: 'mail secret', from: 'bw@example.org', to: ['ops@example.org'] },
  ...more,
});

/** Resolves when webhook and mail server together have heard `count` things. */
function heardAll(count: number): Promise<void> {
  return new Promise((resolve) => {
    heard = () => {
      if (hooks.length + mails.length >= count) resolve();
    };
    heard();
  });
}

const message = 'the backup of web-3 failed: full';
const failure = { level: 'error', kind: 'run-failed', remark: quote(message) } as const;

describe('notifications', () => {
  it('tell an error by webhook and by e-mail, through the queue', async () => {
    await patch({ notifications: { webhookUrl: hookUrl(), smtp: smtp() } });
    const told = heardAll(2);
    const id = await center.center.events.record({ ...failure, subject: { type: 'run', id: 'r1' } });
    await told;
    expect(hooks[0]?.body).toMatchObject({ id, ...failure, message, subject: { type: 'run', id: 'r1' } });
    expect(hooks[0]?.body.text).toBe(`Breakwater: ${message}`);
    expect(hooks[0]?.headers['idempotency-key']).toBe(id);
    expect(mails[0]).toContain(`Subject: [Breakwater] ${message}`);
    expect(mails[0]).toContain('To: ops@example.org');
  });

  it('tell each channel once, however often the job runs, and again only the one that failed', async () => {
    hookStatus = 500;
    await patch({ notifications: { webhookUrl: hookUrl(), smtp: smtp() } });
    const id = await center.center.events.record({ ...failure, notify: false });
    const { notifications } = center.center;
    await expect(notifications.deliver(id)).rejects.toThrow('the webhook answered 500');
    expect([hooks.length, mails.length]).toEqual([1, 1]);
    hookStatus = 200;
    await notifications.deliver(id);
    await notifications.deliver(id);
    expect([hooks.length, mails.length]).toEqual([2, 1]);
  });

  it('are made up for by a sweep when the queue took no job, or its jobs have given up', async () => {
    const { events, jobs, notifications } = center.center;
    const enqueue = jobs.enqueueNotify;
    jobs.enqueueNotify = async () => {
      throw new Error('the queue is away');
    };
    try {
      await events.record(failure);
    } finally {
      jobs.enqueueNotify = enqueue;
    }
    hookStatus = 500;
    await patch({ notifications: { webhookUrl: hookUrl() } });
    expect(await notifications.sweep()).toBe(1);
    hookStatus = 200;
    // Two at once tell it once.
    await Promise.all([notifications.sweep(), notifications.sweep()]);
    expect(hooks.length).toBe(2);
    expect(await notifications.sweep()).toBe(0);
  });

  it('say nothing of what is only information', async () => {
    await patch({ notifications: { webhookUrl: hookUrl() } });
    await center.center.events.record({ ...failure, level: 'info' });
    const told = heardAll(1);
    await center.center.events.record({ ...failure, remark: quote('the second one') });
    await told;
    expect(hooks.map(({ body }) => body.message)).toEqual(['the second one']);
  });

  it('are tried from the settings, with what came back', async () => {
    expect(await test('webhook')).toEqual({ delivered: false, detail: 'no webhook is set' });
    expect(await test('email')).toEqual({ delivered: false, detail: 'no mail server is set' });
    await patch({ notifications: { webhookUrl: hookUrl(), smtp: smtp() } });
    expect(await test('webhook')).toEqual({ delivered: true, detail: 'the webhook answered 204' });
    expect(await test('email')).toMatchObject({ delivered: true });
    expect([hooks.length, mails.length]).toEqual([1, 1]);
    hookStatus = 302;
    expect(await test('webhook')).toEqual({ delivered: false, detail: 'the webhook answered 302' });
    await patch({ notifications: { smtp: smtp({ password: 'wrong' }) } });
    expect(await test('email')).toMatchObject({ delivered: false, detail: expect.stringContaining('535') });
    await patch({ notifications: { webhookUrl: 'http://127.0.0.1:1/' } });
    expect((await test('webhook')).detail).toContain('could not be reached');
  });
});

describe('settings', () => {
  it('keep the mail password sealed, never show it, and keep it when it is not sent again', async () => {
    const { password: _password, ...withoutPassword } = smtp();
    const first = await patch({ notifications: { smtp: smtp() } });
    expect(first.as(settings).notifications.smtp).toEqual({ ...withoutPassword, hasPassword: true });
    const rows = await center.database.db.$queryRaw<
      { row: string }[]
    >`SELECT setting::text AS row FROM setting`;
    expect(JSON.stringify(rows)).not.toContain('mail secret');
    await patch({ notifications: { smtp: { ...withoutPassword, to: ['other@example.org'] } } });
    expect(await test('email')).toMatchObject({ delivered: true });
    const gone = await patch({ notifications: { smtp: { ...withoutPassword, password: null } } });
    expect(gone.as(settings).notifications.smtp?.hasPassword).toBe(false);
  });

  it('change what is sent and leave the rest', async () => {
    await patch({ notifications: { webhookUrl: hookUrl() } });
    await patch({ notifications: { smtp: smtp() } });
    const confirmed = await patch({ masterKeyConfirmed: true });
    const { notifications, masterKeyConfirmedAt, masterKeyLocation } = confirmed.as(settings);
    expect(notifications.webhookUrl).toBe(hookUrl());
    expect(notifications.smtp?.host).toBe('127.0.0.1');
    expect(Date.parse(masterKeyConfirmedAt ?? '')).toBeGreaterThan(0);
    expect(masterKeyLocation).toBe(`${center.dataFolder}/master.key`);
    expect((await patch({ masterKeyConfirmed: false })).as(settings).masterKeyConfirmedAt).toBeNull();
  });

  it('refuse a webhook that is no web address, and change nothing', async () => {
    await patch({ notifications: { webhookUrl: hookUrl() } });
    const refused = await patch({
      notifications: { webhookUrl: 'file:///etc/passwd' },
      masterKeyConfirmed: true,
    });
    expect([refused.status, refused.problem().errors?.[0]?.field]).toEqual([400, 'notifications.webhookUrl']);
    const after = await center.call('GET', '/settings', { token: center.admin.apiToken });
    const { notifications, masterKeyConfirmedAt } = after.as(settings);
    expect([notifications.webhookUrl, masterKeyConfirmedAt]).toEqual([hookUrl(), null]);
  });
});
