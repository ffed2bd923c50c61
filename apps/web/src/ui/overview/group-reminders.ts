import type { Overview } from '@breakwater/contract/resources';

export type Reminder = Overview['reminders'][number];

/** Reminders of one kind are one thing to do: `subjects` are the repositories, users or machines it is to be done for. */
export interface ReminderGroup {
  kind: Reminder['kind'];
  subjects: string[];
  said: Pick<Reminder, 'message' | 'remark'>[];
}

/** In the server's order, each kind where its first one stands. */
export function groupReminders(reminders: readonly Reminder[]): ReminderGroup[] {
  const groups = new Map<Reminder['kind'], ReminderGroup>();
  for (const { kind, subjectId, message, remark } of reminders) {
    const group = groups.get(kind) ?? { kind, subjects: [], said: [] };
    if (subjectId !== null) group.subjects.push(subjectId);
    group.said.push({ message, remark });
    groups.set(kind, group);
  }
  return [...groups.values()];
}
