import { Failure } from '@breakwater/domain/failure';

/** An instant with the zone it is written in, as Go's time.Time goes through JSON. */
export interface GoTime {
  /** Nanoseconds since 1970-01-01T00:00:00Z; negative before. */
  readonly ns: bigint;
  /** Local time minus UTC, in seconds but whole minutes: a multiple of 60. */
  readonly offsetSeconds: number;
}

const NS_PER_SECOND = 1_000_000_000n;
const SECONDS_PER_DAY = 86_400;

/**
 * `ns` in this process's local zone (TZ), as restic writes the times of files. Local mean times, before about 1900,
 * are off UTC by odd seconds, which RFC 3339 cannot say: restic writes such an instant wrong by them, here the
 * offset is cut to minutes and the instant stays right.
 */
export function localGoTime(ns: bigint): GoTime {
  return { ns, offsetSeconds: localOffsetSeconds(floorSeconds(ns)) };
}

/** Epoch milliseconds as a local Go time. */
export function localGoTimeFromMs(ms: number): GoTime {
  return localGoTime(BigInt(Math.round(ms * 1000)) * 1000n);
}

/** Whole milliseconds since the epoch, rounded down. */
export function goTimeToMs(time: GoTime): number {
  const seconds = floorSeconds(time.ns);
  return seconds * 1000 + Math.floor(Number(time.ns - BigInt(seconds) * NS_PER_SECOND) / 1e6);
}

export const ZERO_GO_TIME: GoTime = { ns: -62_135_596_800n * NS_PER_SECOND, offsetSeconds: 0 };

function floorSeconds(ns: bigint): number {
  const seconds = ns / NS_PER_SECOND;
  return Number(ns < 0n && seconds * NS_PER_SECOND !== ns ? seconds - 1n : seconds);
}

// A zone's offset changes at most a few times a year, and never inside a quarter of an hour.
const OFFSET_BUCKET_SECONDS = 900;
let offsetCache = new Map<number, number>();

function localOffsetSeconds(epochSeconds: number): number {
  const bucket = Math.floor(epochSeconds / OFFSET_BUCKET_SECONDS);
  const known = offsetCache.get(bucket);
  if (known !== undefined) return known;
  const date = new Date(bucket * OFFSET_BUCKET_SECONDS * 1000);
  // Beyond the years JavaScript's dates reach, the zone's rule is unknowable: UTC.
  if (Number.isNaN(date.getTime())) return 0;
  const local = new Date(0);
  local.setUTCFullYear(date.getFullYear(), date.getMonth(), date.getDate());
  local.setUTCHours(date.getHours(), date.getMinutes(), date.getSeconds(), 0);
  const offset = Math.trunc((local.getTime() - date.getTime()) / 60_000) * 60;
  if (offsetCache.size > 100_000) offsetCache = new Map();
  offsetCache.set(bucket, offset);
  return offset;
}

/**
 * RFC 3339 with as many fractional digits as needed, as Go's time.RFC3339Nano; `Z` when the offset is zero.
 * Years outside 0…9999, which Go's JSON refuses, are clamped the way restic does: only the year changes.
 */
export function formatGoTime(time: GoTime): string {
  const seconds = floorSeconds(time.ns);
  const nanos = Number(time.ns - BigInt(seconds) * NS_PER_SECOND);
  const local = seconds + time.offsetSeconds;
  const days = Math.floor(local / SECONDS_PER_DAY);
  const second = local - days * SECONDS_PER_DAY;
  return `${formatDate(days)}T${two(Math.floor(second / 3600))}:${two(Math.floor(second / 60) % 60)}:${two(second % 60)}${formatFraction(nanos)}${formatOffset(time.offsetSeconds / 60)}`;
}

let lastDays = Number.NaN;
let lastDate = '';

/** The files of a folder mostly share few days. */
function formatDate(days: number): string {
  if (days !== lastDays) {
    lastDate = formatNewDate(days);
    lastDays = days;
  }
  return lastDate;
}

function formatNewDate(days: number): string {
  const { year, month, day } = civilFromDays(days);
  if (year >= 0 && year <= 9999) return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
  const clamped = year < 0 ? 0 : 9999;
  // Adding years normalises a 29 February that the target year lacks to 1 March.
  const normal = month === 2 && day === 29 && clamped === 9999 ? '03-01' : `${two(month)}-${two(day)}`;
  return `${String(clamped).padStart(4, '0')}-${normal}`;
}

function formatFraction(nanos: number): string {
  if (nanos === 0) return '';
  let digits = String(nanos).padStart(9, '0');
  let end = 9;
  while (digits.charCodeAt(end - 1) === 48) end -= 1;
  digits = digits.slice(0, end);
  return `.${digits}`;
}

function formatOffset(minutes: number): string {
  if (minutes === 0) return 'Z';
  const sign = minutes < 0 ? '-' : '+';
  const absolute = Math.abs(minutes);
  return `${sign}${two(Math.floor(absolute / 60))}:${two(absolute % 60)}`;
}

function two(value: number): string {
  return value < 10 ? `0${value}` : String(value);
}

/** Proleptic Gregorian date of a day counted from 1970-01-01. */
function civilFromDays(days: number): { year: number; month: number; day: number } {
  // Counted from 0000-03-01, so that leap days end a year and 400-year cycles are alike.
  const shifted = days + 719_468;
  const cycle = Math.floor(shifted / 146_097);
  const dayOfCycle = shifted - cycle * 146_097;
  const yearOfCycle = Math.floor(
    (dayOfCycle -
      Math.floor(dayOfCycle / 1460) +
      Math.floor(dayOfCycle / 36_524) -
      Math.floor(dayOfCycle / 146_096)) /
      365,
  );
  const dayOfYear =
    dayOfCycle - (365 * yearOfCycle + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfCycle + cycle * 400 + (month <= 2 ? 1 : 0), month, day };
}

function daysFromCivil(year: number, month: number, day: number): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const cycle = Math.floor(shiftedYear / 400);
  const yearOfCycle = shiftedYear - cycle * 400;
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1;
  const dayOfCycle =
    yearOfCycle * 365 + Math.floor(yearOfCycle / 4) - Math.floor(yearOfCycle / 100) + dayOfYear;
  return cycle * 146_097 + dayOfCycle - 719_468;
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Parses what `formatGoTime` and Go's time.Time write. Throws `repository-damaged` naming `what`. */
export function parseGoTime(text: unknown, what: string): GoTime {
  const time = readGoTime(text);
  if (time === null) throw damagedTime(text, what);
  return time;
}

let lastText = '';
let lastTime: GoTime | null = null;

/** As `parseGoTime`, null for what is no time. */
export function readGoTime(text: unknown): GoTime | null {
  if (typeof text !== 'string') return null;
  // The times of one file are often the same.
  if (text !== lastText) {
    lastTime = readNewTime(text);
    lastText = text;
  }
  return lastTime;
}

function readNewTime(text: string): GoTime | null {
  const year = twoDigits(text, 0) * 100 + twoDigits(text, 2);
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  const hour = twoDigits(text, 11);
  const minute = twoDigits(text, 14);
  const second = twoDigits(text, 17);
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const monthDays = month === 2 && leap ? 29 : (MONTH_DAYS[month - 1] ?? 0);
  const { nanos, end } = parseFraction(text);
  const offsetSeconds = parseOffset(text, end);
  // A digit that is none makes its number NaN, and NaN is in no range.
  const inRange = year >= 0 && day >= 1 && day <= monthDays && hour <= 23 && minute <= 59 && second <= 59;
  const shaped =
    text[4] === '-' && text[7] === '-' && text[10] === 'T' && text[13] === ':' && text[16] === ':';
  if (!inRange || !shaped || Number.isNaN(nanos) || Number.isNaN(offsetSeconds)) return null;
  const local = daysFromCivil(year, month, day) * SECONDS_PER_DAY + hour * 3600 + minute * 60 + second;
  return { ns: BigInt(local - offsetSeconds) * NS_PER_SECOND + BigInt(nanos), offsetSeconds };
}

/** NaN where there are not two digits. */
function twoDigits(text: string, at: number): number {
  return digit(text, at) * 10 + digit(text, at + 1);
}

function digit(text: string, at: number): number {
  const value = text.charCodeAt(at) - 48;
  return value >= 0 && value <= 9 ? value : Number.NaN;
}

/** Nanoseconds after the seconds, further digits cut; `end` is where the zone begins. */
function parseFraction(text: string): { nanos: number; end: number } {
  if (text[19] !== '.' && text[19] !== ',') return { nanos: 0, end: 19 };
  let nanos = 0;
  let end = 20;
  for (; digit(text, end) >= 0; end += 1) {
    if (end < 29) nanos = nanos * 10 + digit(text, end);
  }
  if (end === 20) return { nanos: Number.NaN, end };
  for (let missing = end; missing < 29; missing += 1) nanos *= 10;
  return { nanos, end };
}

/** Seconds; NaN for what is no zone. */
function parseOffset(text: string, at: number): number {
  if (text[at] === 'Z') return text.length === at + 1 ? 0 : Number.NaN;
  if (text.length !== at + 6 || text[at + 3] !== ':') return Number.NaN;
  const hours = twoDigits(text, at + 1);
  const minutes = twoDigits(text, at + 4);
  if (!(hours <= 24 && minutes <= 59)) return Number.NaN;
  const seconds = hours * 3600 + minutes * 60;
  if (text[at] === '+') return seconds;
  // Not −0, which would not equal 0 everywhere.
  return text[at] === '-' ? 0 - seconds : Number.NaN;
}

function damagedTime(text: unknown, what: string): Failure {
  return new Failure('repository-damaged', `${what}: "${String(text)}" is not a time like RFC 3339`);
}
