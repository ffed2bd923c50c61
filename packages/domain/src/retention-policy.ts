import {
  formatRetentionDuration,
  isZeroDuration,
  NO_DURATION,
  type RetentionDuration,
} from './retention-duration.ts';

/** How many to keep of a kind: a whole number, 0 for no rule, or all of them. */
export type KeepCount = number | 'unlimited';

/** Which snapshots to keep, with restic's rules. A snapshot is kept when any of them says so. */
export interface RetentionPolicy {
  readonly keepLast: KeepCount;
  readonly keepHourly: KeepCount;
  readonly keepDaily: KeepCount;
  readonly keepWeekly: KeepCount;
  readonly keepMonthly: KeepCount;
  readonly keepYearly: KeepCount;
  /** Durations are counted back from the newest snapshot of the list, not from now. */
  readonly keepWithin: RetentionDuration;
  readonly keepWithinHourly: RetentionDuration;
  readonly keepWithinDaily: RetentionDuration;
  readonly keepWithinWeekly: RetentionDuration;
  readonly keepWithinMonthly: RetentionDuration;
  readonly keepWithinYearly: RetentionDuration;
  /** A snapshot with every tag of one of these lists is kept. */
  readonly keepTags: readonly (readonly string[])[];
}

export const EMPTY_POLICY: RetentionPolicy = {
  keepLast: 0,
  keepHourly: 0,
  keepDaily: 0,
  keepWeekly: 0,
  keepMonthly: 0,
  keepYearly: 0,
  keepWithin: NO_DURATION,
  keepWithinHourly: NO_DURATION,
  keepWithinDaily: NO_DURATION,
  keepWithinWeekly: NO_DURATION,
  keepWithinMonthly: NO_DURATION,
  keepWithinYearly: NO_DURATION,
  keepTags: [],
};

const counted = [
  ['keepLast', 'latest'],
  ['keepHourly', 'hourly'],
  ['keepDaily', 'daily'],
  ['keepWeekly', 'weekly'],
  ['keepMonthly', 'monthly'],
  ['keepYearly', 'yearly'],
] as const;

const within = [
  ['keepWithinHourly', 'hourly'],
  ['keepWithinDaily', 'daily'],
  ['keepWithinWeekly', 'weekly'],
  ['keepWithinMonthly', 'monthly'],
  ['keepWithinYearly', 'yearly'],
] as const;

/** A policy without a rule, which would keep nothing. */
export function isEmptyPolicy(policy: RetentionPolicy): boolean {
  return (
    policy.keepTags.length === 0 &&
    isZeroDuration(policy.keepWithin) &&
    counted.every(([rule]) => policy[rule] === 0) &&
    within.every(([rule]) => isZeroDuration(policy[rule]))
  );
}

/** What the policy does in words, such as "keep 3 latest, 7 daily snapshots". */
export function describePolicy(policy: RetentionPolicy): string {
  const counts = counted.flatMap(([rule, name]) => {
    const count = policy[rule];
    if (count === 0) return [];
    return [count === 'unlimited' ? `all ${name}` : `${count} ${name}`];
  });
  const spans = within.flatMap(([rule, name]) =>
    isZeroDuration(policy[rule]) ? [] : [`${name} snapshots within ${formatRetentionDuration(policy[rule])}`],
  );
  const kept = [...(counts.length === 0 ? [] : [`${counts.join(', ')} snapshots`]), ...spans];
  const parts = kept.length === 0 ? [] : [kept.join(', ')];
  if (policy.keepTags.length > 0) {
    parts.push(`all snapshots with tags ${policy.keepTags.map(tagListText).join(' or ')}`);
  }
  if (!isZeroDuration(policy.keepWithin)) {
    parts.push(`all snapshots within ${formatRetentionDuration(policy.keepWithin)} of the newest`);
  }
  return parts.length === 0 ? 'remove all snapshots' : `keep ${parts.join(' and ')}`;
}

export function tagListText(tags: readonly string[]): string {
  return `[${tags.join(', ')}]`;
}
