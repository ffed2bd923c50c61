import { randomUUID } from 'node:crypto';
import type { Event } from '@breakwater/contract/resources';
import { asFailure, type Failure } from '@breakwater/domain/failure';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import type { Notice } from './notice.ts';
import { sendEmail } from './send-email.ts';
import { sendWebhook } from './send-webhook.ts';

export type Channel = 'webhook' | 'email';

export interface Notifications {
  /**
   * Tells of the event on each configured channel that has not told yet; the work of a `notify` job, safe to run
   * again. Throws the last Failure when a channel did not take it, so that the job is tried again.
   */
  deliver(eventId: string): Promise<void>;
  /**
   * Tells every event that has to be told and was not: its job was never made, or has given up. Returns how many
   * there were.
   */
  sweep(): Promise<number>;
  /** Sends a test notice now. */
  test(channel: Channel): Promise<{ delivered: boolean; detail: string }>;
}

export function createNotifications(center: Center): Notifications {
  /** The ways to send that are configured. */
  const senders = async (): Promise<Map<Channel, (notice: Notice) => Promise<string>>> => {
    const { webhookUrl, smtp } = await center.settings.channels();
    const map = new Map<Channel, (notice: Notice) => Promise<string>>();
    if (webhookUrl !== null) map.set('webhook', (notice) => sendWebhook(webhookUrl, notice));
    if (smtp !== null) map.set('email', (notice) => sendEmail(smtp, notice));
    return map;
  };
  const deliver = (eventId: string) =>
    center.events.tell(eventId, async ({ toldBy, ...event }) => {
      let failed: Failure | null = null;
      for (const [channel, send] of await senders()) {
        if (toldBy.includes(channel)) continue;
        try {
          await send(noticeOf(event, center));
          await center.events.markTold(eventId, channel);
        } catch (error) {
          failed = asFailure(error);
          center.logger.warn({ err: failed, channel, eventId }, 'a notice could not be delivered');
        }
      }
      if (failed !== null) throw failed;
    });
  return {
    deliver,
    async sweep() {
      const untold = await center.events.untold();
      // One after the other: a channel that is down is not asked by all of them at once. Each has logged its trouble.
      for (const id of untold) await deliver(id).catch(() => undefined);
      return untold.length;
    },
    async test(channel) {
      const send = (await senders()).get(channel);
      if (send === undefined) {
        return {
          delivered: false,
          detail: channel === 'email' ? 'no mail server is set' : 'no webhook is set',
        };
      }
      try {
        return { delivered: true, detail: await send(noticeOf(testEvent(center.now()), center)) };
      } catch (error) {
        return { delivered: false, detail: asFailure(error).message };
      }
    },
  };
}

function noticeOf(event: Event, center: Center): Notice {
  return { ...event, url: center.config.publicUrl };
}

function testEvent(now: number): Event {
  const remark = say('test-notice', {});
  return {
    id: randomUUID(),
    at: new Date(now).toISOString(),
    level: 'info',
    kind: 'test',
    message: remark.text,
    remark,
    subject: null,
  };
}
