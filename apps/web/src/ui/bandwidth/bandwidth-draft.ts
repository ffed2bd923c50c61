import {
  type BandwidthLimitGiven,
  bandwidthLimit,
  LEAST_BYTES_PER_SECOND,
} from '@breakwater/contract/bandwidth';

/** A limit while somebody fills the form. Rates are in MB/s as typed; empty: as much as there is. */
export interface BandwidthDraft {
  readonly rate: string;
  readonly windows: readonly WindowDraft[];
  readonly timeZone: string;
}

export interface WindowDraft {
  /** ISO 8601: 1 is Monday. */
  readonly days: readonly number[];
  readonly from: string;
  /** `00:00` is the end of the day, or of the next one. */
  readonly to: string;
  readonly rate: string;
}

const MB = 1_000_000;
export const LEAST_RATE = LEAST_BYTES_PER_SECOND / MB;
const OFFICE_HOURS = { days: [1, 2, 3, 4, 5], from: '08:00', to: '18:00', rate: '' } as const;

export function bandwidthDraftOf(limit: BandwidthLimitGiven | null, ownZone: string): BandwidthDraft {
  if (limit === null) return { rate: '', windows: [], timeZone: ownZone };
  return {
    rate: typed(limit.bytesPerSecond),
    windows: limit.windows.map(({ days, from, to, bytesPerSecond }) => ({
      days,
      from,
      // A field for a time of day knows no 24:00.
      to: to === '24:00' ? '00:00' : to,
      rate: typed(bytesPerSecond),
    })),
    timeZone: limit.timeZone,
  };
}

export function withWindow(draft: BandwidthDraft): BandwidthDraft {
  return { ...draft, windows: [...draft.windows, { ...OFFICE_HOURS, rate: draft.rate }] };
}

export function withDay(days: readonly number[], day: number): number[] {
  return days.includes(day) ? days.filter((one) => one !== day) : [...days, day].sort((a, b) => a - b);
}

/** As the API takes it, whatever was typed; null where nothing is limited. */
export function rawBandwidth(draft: BandwidthDraft): unknown {
  if (draft.rate.trim() === '' && draft.windows.length === 0) return null;
  return {
    bytesPerSecond: bytesOf(draft.rate),
    windows: draft.windows.map(({ days, from, to, rate }) => ({
      days,
      from,
      to: to === '00:00' && from === '00:00' ? '24:00' : to,
      bytesPerSecond: bytesOf(rate),
    })),
    timeZone: draft.timeZone,
  };
}

/** The fields that are wrong, as the API names them without `bandwidth`: `rate`, `windows.0.days`. */
export type BandwidthCheck =
  | { ok: true; limit: BandwidthLimitGiven | null }
  | { ok: false; wrong: readonly string[] };

export function checkBandwidth(draft: BandwidthDraft): BandwidthCheck {
  const parsed = bandwidthLimit.nullable().safeParse(rawBandwidth(draft));
  if (parsed.success) return { ok: true, limit: parsed.data };
  // One of several days is not a field of its own.
  const wrong = parsed.error.issues.map(({ path }) => path.slice(0, path[0] === 'windows' ? 3 : 1).join('.'));
  return { ok: false, wrong };
}

function typed(bytesPerSecond: number | null): string {
  return bytesPerSecond === null ? '' : String(bytesPerSecond / MB);
}

/** NaN for what is no number. */
function bytesOf(rate: string): number | null {
  const text = rate.trim().replace(',', '.');
  return text === '' ? null : Math.round(Number(text) * MB);
}
