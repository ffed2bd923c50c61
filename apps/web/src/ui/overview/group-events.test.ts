import { expect, test } from 'vitest';
import { groupEvents } from './group-events.ts';

const event = (minute: number, message: string, level: 'info' | 'warn' = 'info') => ({
  id: String(minute),
  at: `2026-11-22T10:${String(minute).padStart(2, '0')}:00.000Z`,
  level,
  kind: 'run.succeeded',
  message,
  subject: null,
});

test('what says the same is one line, at the place and time of its newest', () => {
  const groups = groupEvents([
    event(9, 'dumps succeeded'),
    event(8, 'site is incomplete', 'warn'),
    event(7, 'dumps succeeded'),
    event(6, 'an agent enrolled'),
    event(5, 'dumps succeeded'),
  ]);
  expect(groups.map(({ newest, count }) => [newest.id, count])).toEqual([
    ['9', 3],
    ['8', 1],
    ['6', 1],
  ]);
});

test('the same words of another level stay apart', () => {
  expect(groupEvents([event(2, 'silent', 'warn'), event(1, 'silent')])).toHaveLength(2);
});

test('how long and when does not tell two of them apart, whom it is about does', () => {
  const missed = (minute: number, server: string, seconds: number) => ({
    ...event(minute, `${server} was silent for ${seconds} s`, 'warn' as const),
    remark: {
      text: `${server} was silent for ${seconds} s`,
      kind: 'run-ended',
      values: {
        server,
        at: `2026-11-22T10:${minute}:00.000Z`,
        reason: { text: 'no heartbeat', kind: 'agent-silent', values: { seconds } },
      },
    },
  });
  const groups = groupEvents([missed(12, 'web-1', 360), missed(11, 'web-2', 60), missed(10, 'web-1', 60)]);
  expect(groups.map(({ newest, count }) => [newest.id, count])).toEqual([
    ['12', 2],
    ['11', 1],
  ]);
});
