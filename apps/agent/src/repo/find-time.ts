import { Failure } from '@breakwater/domain/failure';

const FORM =
  /^(?:(\d{4})-(\d{2})-(\d{2})|(\d{2})\.(\d{2})\.(\d{4}))(?: (\d{2}):(\d{2})(?::(\d{2})(?: ([+-])(\d{2})(\d{2})| (UTC|GMT|Z))?)?)?$/;

/**
 * A time as restic's `find` takes it: `2006-01-02` or `02.01.2006`, also with ` 15:04`, ` 15:04:05` and ` +0200`;
 * of this machine's zone where none is given. Nanoseconds since 1970. Throws `invalid-request`.
 */
export function parseFindTime(option: string, text: string): bigint {
  const found = FORM.exec(text);
  const number = (at: number): number => Number(found?.[at] ?? 0);
  if (found !== null) {
    const isIso = found[1] !== undefined;
    const [year, month, day] = isIso ? [number(1), number(2), number(3)] : [number(6), number(5), number(4)];
    const [hour, minute, second] = [number(7), number(8), number(9)];
    const utc = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
    const isReal =
      utc.getUTCMonth() === month - 1 && utc.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
    if (isReal) {
      const offset = (found[10] === '-' ? -1 : 1) * (number(11) * 60 + number(12)) * 60_000;
      const hasZone = found[10] !== undefined || found[13] !== undefined;
      const ms = hasZone
        ? utc.getTime() - offset
        : new Date(year, month - 1, day, hour, minute, second).getTime();
      return BigInt(ms) * 1_000_000n;
    }
  }
  throw new Failure(
    'invalid-request',
    `${option} is "${text}": expected a time such as 2024-01-31 or 2024-01-31 23:59:59`,
  );
}
