import { retentionRules } from '@breakwater/contract/retention';
import { parseRetentionDuration } from '@breakwater/domain/retention-duration';
import { DEFAULT_GROUP_BY, type GroupBy, parseGroupBy } from '@breakwater/domain/retention-groups';
import { EMPTY_POLICY, type KeepCount, type RetentionPolicy } from '@breakwater/domain/retention-policy';
import { splitTagList } from '@breakwater/domain/retention-tags';
import type { Command } from 'commander';
import { z } from 'zod';
import { collect } from './repo-action.ts';

/** No −1: for it restic before 0.16 keeps nothing, newer ones refuse it. */
const keepCount = z.string().transform((text, context): KeepCount => {
  if (text === 'unlimited') return 'unlimited';
  const count = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(count)) return count;
  context.addIssue(`is "${text}": expected a whole number from 0, or unlimited`);
  return z.NEVER;
});

const keepSpan = z.string().transform((text, context) => {
  const parsed = parseRetentionDuration(text);
  if (parsed.ok) return parsed.duration;
  context.addIssue(`is "${text}": ${parsed.expected}`);
  return z.NEVER;
});

const groupBy = z.string().transform((text, context): GroupBy => {
  const parsed = parseGroupBy(text);
  if (parsed.ok) return parsed.groupBy;
  context.addIssue(`is "${text}": ${parsed.expected}`);
  return z.NEVER;
});

/** The `--keep-…` options and `--group-by`, as restic has them. */
export const retentionOptions = z.object({
  ...retentionRules(keepCount, keepSpan),
  keepTag: z.array(z.string().transform(splitTagList)).optional(),
  groupBy: groupBy.default(DEFAULT_GROUP_BY),
});

export function addRetentionOptions(command: Command): Command {
  const counts = [
    ['-l', 'last', ''],
    ['-H', 'hourly', 'hourly '],
    ['-d', 'daily', 'daily '],
    ['-w', 'weekly', 'weekly '],
    ['-m', 'monthly', 'monthly '],
    ['-y', 'yearly', 'yearly '],
  ] as const;
  for (const [short, rule, kind] of counts) {
    command.option(`${short}, --keep-${rule} <n>`, `keep the last n ${kind}snapshots, or unlimited`);
  }
  command.option('--keep-within <duration>', 'keep what is newer than 1y5m7d2h before the latest snapshot');
  for (const [, rule] of counts.slice(1)) {
    command.option(`--keep-within-${rule} <duration>`, `keep ${rule} snapshots of that time`);
  }
  return command
    .option('--keep-tag <tags>', 'keep what has all of these tags, comma-separated (repeatable)', collect)
    .option('-g, --group-by <what>', 'judge by host, paths and/or tags; "" for all together');
}

export function policyOf(options: z.infer<typeof retentionOptions>): RetentionPolicy {
  const { keepTag = [], groupBy: _, ...rules } = options;
  return { ...EMPTY_POLICY, ...definedOnly(rules), keepTags: keepTag };
}

function definedOnly<Rules extends object>(
  rules: Rules,
): { [Rule in keyof Rules]?: NonNullable<Rules[Rule]> } {
  const given = Object.entries(rules).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [Rule in keyof Rules]?: NonNullable<Rules[Rule]> };
}
