import { expect, test } from 'vitest';
import { groupReminders } from './group-reminders.ts';

test('what is to be done for several is one thing to do, in the order it was told', () => {
  expect(
    groupReminders([
      { kind: 'recovery-kit', message: 'a', subjectId: 'r1' },
      { kind: 'master-key', message: 'm', subjectId: null },
      { kind: 'recovery-kit', message: 'b', subjectId: 'r2' },
    ]),
  ).toEqual([
    { kind: 'recovery-kit', subjects: ['r1', 'r2'], said: [{ message: 'a' }, { message: 'b' }] },
    { kind: 'master-key', subjects: [], said: [{ message: 'm' }] },
  ]);
  expect(groupReminders([])).toEqual([]);
});
