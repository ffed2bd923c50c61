import type { Remark, RemarkValue } from '@breakwater/contract/remark';

export type RemarkArguments = Record<string, string | number>;

/** How values become words in one language. */
export interface RemarkWords {
  /** A remark among the values. */
  say(remark: Remark): string;
  /** An instant, given as ISO. */
  time(at: string): string;
  /** `read, lock` */
  separator: string;
  /** Between whole remarks, which have commas of their own. */
  longSeparator: string;
}

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/**
 * A remark's values as the arguments of an ICU message. For each value also `has<Name>`, `yes` or `no`, as ICU knows
 * no absence, and for texts `<name>_key` with `_` for `-`, which a selector cannot have.
 */
export function remarkArguments(values: Record<string, RemarkValue>, words: RemarkWords): RemarkArguments {
  const given: RemarkArguments = {};
  for (const [name, value] of Object.entries(values)) {
    given[`has${name.charAt(0).toUpperCase()}${name.slice(1)}`] = value === null ? 'no' : 'yes';
    given[name] = typeof value === 'number' ? value : textOf(value, words);
    if (typeof value === 'string') given[`${name}_key`] = value.replaceAll('-', '_');
  }
  return given;
}

function textOf(value: Exclude<RemarkValue, number>, words: RemarkWords): string {
  if (value === null) return '';
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return INSTANT.test(value) ? words.time(value) : value;
  if (!Array.isArray(value)) return words.say(value);
  const texts = value.map((one) => (typeof one === 'string' ? one : words.say(one)));
  return texts.join(value.every((one) => typeof one === 'string') ? words.separator : words.longSeparator);
}
