/** The usual schedules as a form shows them; everything else is a cron expression somebody wrote. */
export type SchedulePreset =
  | { kind: 'hourly'; minute: number }
  | { kind: 'everyHours'; hours: HourStep; minute: number }
  | { kind: 'daily'; hour: number; minute: number }
  | { kind: 'weekdays'; hour: number; minute: number }
  | { kind: 'weekly'; weekday: number; hour: number; minute: number }
  | { kind: 'monthly'; day: number; hour: number; minute: number }
  | { kind: 'cron'; cron: string };

/** Steps that divide a day, so that the distance is the same over midnight. */
export const hourSteps = [2, 3, 4, 6, 8, 12] as const;
export type HourStep = (typeof hourSteps)[number];

/** Five fields, as crontab(5). Weekdays count from 0, Sunday. */
export function cronOf(preset: SchedulePreset): string {
  switch (preset.kind) {
    case 'hourly':
      return `${preset.minute} * * * *`;
    case 'everyHours':
      return `${preset.minute} */${preset.hours} * * *`;
    case 'daily':
      return `${preset.minute} ${preset.hour} * * *`;
    case 'weekdays':
      return `${preset.minute} ${preset.hour} * * 1-5`;
    case 'weekly':
      return `${preset.minute} ${preset.hour} * * ${preset.weekday}`;
    case 'monthly':
      return `${preset.minute} ${preset.hour} ${preset.day} * *`;
    case 'cron':
      return preset.cron;
  }
}

/** The preset a cron expression stands for, or the expression itself when it is none. */
export function presetOf(cron: string): SchedulePreset {
  const own: SchedulePreset = { kind: 'cron', cron };
  const fields = cron.trim().split(/\s+/);
  if (fields.length !== 5) return own;
  const [minuteField = '', hourField = '', day = '', month = '', weekday = ''] = fields;
  const minute = numberIn(minuteField, 0, 59);
  if (minute === null || month !== '*') return own;
  if (day === '*' && weekday === '*') {
    if (hourField === '*') return { kind: 'hourly', minute };
    const step = hourSteps.find((hours) => hourField === `*/${hours}`);
    if (step !== undefined) return { kind: 'everyHours', hours: step, minute };
  }
  const hour = numberIn(hourField, 0, 23);
  if (hour === null) return own;
  if (day === '*' && weekday === '*') return { kind: 'daily', hour, minute };
  if (day === '*' && weekday === '1-5') return { kind: 'weekdays', hour, minute };
  const onWeekday = numberIn(weekday, 0, 7);
  if (day === '*' && onWeekday !== null) return { kind: 'weekly', weekday: onWeekday % 7, hour, minute };
  const onDay = numberIn(day, 1, 31);
  if (onDay !== null && weekday === '*') return { kind: 'monthly', day: onDay, hour, minute };
  return own;
}

/** Keeps what the two kinds have in common when somebody changes the kind. */
export function changeKind(from: SchedulePreset, kind: SchedulePreset['kind']): SchedulePreset {
  const minute = 'minute' in from ? from.minute : 0;
  const hour = 'hour' in from ? from.hour : 2;
  switch (kind) {
    case 'hourly':
      return { kind, minute };
    case 'everyHours':
      return { kind, hours: 6, minute };
    case 'daily':
    case 'weekdays':
      return { kind, hour, minute };
    case 'weekly':
      return { kind, weekday: 0, hour, minute };
    case 'monthly':
      return { kind, day: 1, hour, minute };
    case 'cron':
      return { kind, cron: cronOf(from) };
  }
}

/** `07:05`, as `<input type="time">` has it. */
export function clockText(hour: number, minute: number): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** Null for anything that is not a time of day. */
export function parseClock(text: string): { hour: number; minute: number } | null {
  const [, hour, minute] = /^(\d{1,2}):(\d{2})(?::\d{2})?$/.exec(text.trim()) ?? [];
  if (hour === undefined || minute === undefined) return null;
  const time = { hour: Number(hour), minute: Number(minute) };
  return time.hour <= 23 && time.minute <= 59 ? time : null;
}

function numberIn(text: string, least: number, most: number): number | null {
  if (!/^\d{1,2}$/.test(text)) return null;
  const value = Number(text);
  return value >= least && value <= most ? value : null;
}
