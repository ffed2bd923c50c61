/** A rate for certain hours of certain days of the week, told in the zone of its limit. */
export interface BandwidthWindow {
  /** ISO 8601: 1 is Monday, 7 is Sunday. */
  readonly days: readonly number[];
  /** `HH:MM`; `to` may be `24:00`. Where it is not after `from`, it is the next day's. */
  readonly from: string;
  readonly to: string;
  /** Null: as much as there is. */
  readonly bytesPerSecond: number | null;
}

/** How much may go over a line, each way, at which hours. */
export interface BandwidthLimit {
  /** Outside of all windows; null: as much as there is. */
  readonly bytesPerSecond: number | null;
  readonly windows: readonly BandwidthWindow[];
  /** IANA name such as Europe/Berlin. */
  readonly timeZone: string;
}

export interface RateInForce {
  /** Null: as much as there is. */
  readonly bytesPerSecond: number | null;
  /** Epoch ms when another rate comes into force; null: none does. */
  readonly until: number | null;
}

const MINUTE_MS = 60_000;
const DAY_MINUTES = 24 * 60;
const DAY_MS = DAY_MINUTES * MINUTE_MS;
/** A week, and another because the one hour of a window may be skipped when clocks go forward. */
const LOOK_AHEAD_DAYS = 15;

/**
 * The rate in force at `now` (epoch ms): of the windows that hold then the least, else that outside of all windows. A
 * window holds while clocks on its wall say so: an hour that they skip it does not have, one that they repeat it has
 * twice.
 */
export function rateAt(limit: BandwidthLimit, now: number): number | null {
  if (limit.windows.length === 0) return limit.bytesPerSecond;
  return rateOnTheWall(limit, now + zoneOffset(limit.timeZone, now));
}

/** The same, and when it changes. */
export function rateInForce(limit: BandwidthLimit, now: number): RateInForce {
  const bytesPerSecond = rateAt(limit, now);
  const change = timesOfChange(limit, now).find((at) => rateAt(limit, at) !== bytesPerSecond);
  return { bytesPerSecond, until: change ?? null };
}

/** The one that lets least through; null where none of them holds anything back. */
export function leastOf<T extends { readonly bytesPerSecond: number | null }>(limits: Iterable<T>): T | null {
  let least: T | null = null;
  for (const one of limits) {
    if (one.bytesPerSecond === null) continue;
    if (least === null || one.bytesPerSecond < (least.bytesPerSecond ?? Number.POSITIVE_INFINITY))
      least = one;
  }
  return least;
}

/** What each of those who use a line of this rate may take of it; it counts itself. */
export function shareOfRate(bytesPerSecond: number | null, users: number): number | null {
  return bytesPerSecond === null ? null : bytesPerSecond / Math.max(1, users);
}

/** Minutes since midnight of `HH:MM`, up to `24:00`; null when it is none. */
export function minuteOfDay(text: string): number | null {
  const match = /^(\d{2}):([0-5]\d)$/.exec(text);
  if (match === null) return null;
  const minute = Number(match[1]) * 60 + Number(match[2]);
  return minute <= DAY_MINUTES ? minute : null;
}

/** `wall`: local time as if it were UTC. */
function rateOnTheWall(limit: BandwidthLimit, wall: number): number | null {
  const day = ((new Date(wall).getUTCDay() + 6) % 7) + 1;
  const dayBefore = day === 1 ? 7 : day - 1;
  const minute = Math.floor((wall - Math.floor(wall / DAY_MS) * DAY_MS) / MINUTE_MS);
  const holding = limit.windows.filter((window) => {
    const from = minuteOfDay(window.from) ?? 0;
    const to = minuteOfDay(window.to) ?? DAY_MINUTES;
    if (from < to) return window.days.includes(day) && from <= minute && minute < to;
    return (window.days.includes(day) && minute >= from) || (window.days.includes(dayBefore) && minute < to);
  });
  if (holding.length === 0) return limit.bytesPerSecond;
  return leastOf(holding)?.bytesPerSecond ?? null;
}

/** Every time after `now` at which a window may begin or end, or clocks are changed; in order. */
function timesOfChange(limit: BandwidthLimit, now: number): number[] {
  const bounds = new Set(
    limit.windows.flatMap(({ from, to }) => [minuteOfDay(from) ?? 0, minuteOfDay(to) ?? DAY_MINUTES]),
  );
  const offset = (at: number): number => zoneOffset(limit.timeZone, at);
  const times = new Set<number>();
  const midnight = Math.floor((now + offset(now)) / DAY_MS) * DAY_MS;
  for (let ahead = 0; ahead < LOOK_AHEAD_DAYS && bounds.size > 0; ahead += 1) {
    const wall = midnight + ahead * DAY_MS;
    const begins = wall - offset(now);
    const [early, late] = [offset(begins - DAY_MS), offset(begins + 2 * DAY_MS)];
    for (const minute of bounds) {
      // On a day when clocks change, either may be right; that the other is looked at, too, does no harm.
      for (const one of new Set([early, late])) times.add(wall + minute * MINUTE_MS - one);
    }
    if (early !== late) times.add(clockChange(offset, begins - DAY_MS, begins + 2 * DAY_MS));
  }
  return [...times].filter((at) => at > now).sort((a, b) => a - b);
}

/** The minute in which the offset becomes another, between two times that have different ones. */
function clockChange(offset: (at: number) => number, from: number, to: number): number {
  const before = offset(from);
  let [low, high] = [from, to];
  while (high - low > MINUTE_MS) {
    const middle = Math.floor((low + high) / 2 / MINUTE_MS) * MINUTE_MS;
    if (middle <= low) break;
    if (offset(middle) === before) low = middle;
    else high = middle;
  }
  return Math.ceil(high / MINUTE_MS) * MINUTE_MS;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Local time minus UTC, ms. Throws a RangeError for a zone that the runtime does not know. */
function zoneOffset(timeZone: string, at: number): number {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = part;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(at / 1000) * 1000;
}
