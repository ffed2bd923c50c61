import { formatRetentionDuration, isZeroDuration, type RetentionDuration } from './retention-duration.ts';
import { type KeepCount, type RetentionPolicy, tagListText } from './retention-policy.ts';
import { hasTags } from './retention-tags.ts';
import { calendarUnit, movedBack, type RetentionTime, ZERO_TIME } from './retention-time.ts';

export interface RetentionSnapshot {
  /** Breaks the tie between two of one time, so that a list's order never matters. */
  readonly id: string;
  readonly time: RetentionTime;
  readonly tags: readonly string[];
}

/** How many each rule would still keep after this snapshot; rules without a count, or used up, are missing. */
export interface RetentionCounters {
  last?: KeepCount;
  hourly?: KeepCount;
  daily?: KeepCount;
  weekly?: KeepCount;
  monthly?: KeepCount;
  yearly?: KeepCount;
}

export type RetentionVerdict<Snapshot extends RetentionSnapshot> =
  /** `matches`: every rule that keeps it, in restic's words, such as "daily snapshot" or "within 7d". */
  | { kept: true; snapshot: Snapshot; matches: string[]; counters: RetentionCounters }
  | { kept: false; snapshot: Snapshot };

type Matcher = (snapshot: RetentionSnapshot, at: number) => string[];

interface CountedRule {
  name: keyof RetentionCounters;
  left: KeepCount;
  match: Matcher;
}

/**
 * Judges one group's snapshots, newest first, as restic ≥ 0.16 does: a rule takes the newest snapshot of each
 * calendar unit, in the snapshot's own zone; while a rule has counts left, the oldest snapshot of all is kept too.
 * Durations count back from the newest snapshot that does not lie in the future of `now` (epoch milliseconds).
 * An empty policy keeps nothing: whoever removes must refuse it.
 */
export function applyRetention<Snapshot extends RetentionSnapshot>(
  snapshots: readonly Snapshot[],
  policy: RetentionPolicy,
  now: number,
): RetentionVerdict<Snapshot>[] {
  const newestFirst = snapshots.toSorted(compareNewestFirst);
  const oldestAt = newestFirst.length - 1;
  const latest = latestUntil(newestFirst, now);
  const counted = countedRules(policy, oldestAt);
  const matchers: Matcher[] = [
    ...tagRules(policy),
    ...withinRule(policy.keepWithin, latest),
    ...counted.map((rule) => rule.match),
    ...spanRules(policy, latest, oldestAt),
  ];
  return newestFirst.map((snapshot, at) => {
    const matches = matchers.flatMap((match) => match(snapshot, at));
    if (matches.length === 0) return { kept: false, snapshot };
    return { kept: true, snapshot, matches, counters: countersOf(counted) };
  });
}

function compareNewestFirst(a: RetentionSnapshot, b: RetentionSnapshot): number {
  if (a.time.ns !== b.time.ns) return a.time.ns > b.time.ns ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

function latestUntil(newestFirst: readonly RetentionSnapshot[], now: number): RetentionTime {
  const limit = BigInt(Math.floor(now)) * 1_000_000n;
  return newestFirst.find(({ time }) => time.ns < limit)?.time ?? ZERO_TIME;
}

function tagRules(policy: RetentionPolicy): Matcher[] {
  return policy.keepTags.map((wanted) => {
    return ({ tags }) => (hasTags(tags, wanted) ? [`has tags ${tagListText(wanted)}`] : []);
  });
}

function withinRule(within: RetentionDuration, latest: RetentionTime): Matcher[] {
  if (isZeroDuration(within)) return [];
  const isRecent = newerThan(latest, within);
  return [(snapshot) => (isRecent(snapshot) ? [`within ${formatRetentionDuration(within)}`] : [])];
}

function newerThan(
  latest: RetentionTime,
  within: RetentionDuration,
): (snapshot: RetentionSnapshot) => boolean {
  const limit = movedBack(latest, within);
  return ({ time }) => limit === null || time.ns > limit;
}

const calendarRules = [
  { name: 'hourly', unit: calendarUnit.hour, keep: 'keepHourly', within: 'keepWithinHourly' },
  { name: 'daily', unit: calendarUnit.day, keep: 'keepDaily', within: 'keepWithinDaily' },
  { name: 'weekly', unit: calendarUnit.week, keep: 'keepWeekly', within: 'keepWithinWeekly' },
  { name: 'monthly', unit: calendarUnit.month, keep: 'keepMonthly', within: 'keepWithinMonthly' },
  { name: 'yearly', unit: calendarUnit.year, keep: 'keepYearly', within: 'keepWithinYearly' },
] as const;

function countedRules(policy: RetentionPolicy, oldestAt: number): CountedRule[] {
  const last: CountedRule = {
    name: 'last',
    left: policy.keepLast,
    match: () => (take(last) ? ['last snapshot'] : []),
  };
  const calendar = calendarRules.map(({ name, unit, keep }): CountedRule => {
    const firstOfUnit = newestOfEachUnit(unit, oldestAt);
    const rule: CountedRule = {
      name,
      left: policy[keep],
      match: (snapshot, at) => {
        if (rule.left === 0) return [];
        const match = firstOfUnit(snapshot, at);
        if (match === null) return [];
        take(rule);
        return [match === 'oldest' ? `oldest ${name} snapshot` : `${name} snapshot`];
      },
    };
    return rule;
  });
  return [last, ...calendar];
}

function take(rule: CountedRule): boolean {
  if (rule.left === 0) return false;
  if (rule.left !== 'unlimited') rule.left -= 1;
  return true;
}

/** Called newest first: whether a snapshot is the newest of its unit, or else the oldest of all. */
function newestOfEachUnit(
  unit: (time: RetentionTime) => number,
  oldestAt: number,
): (snapshot: RetentionSnapshot, at: number) => 'newest' | 'oldest' | null {
  let last: number | null = null;
  return ({ time }, at) => {
    const value = unit(time);
    if (value !== last) {
      last = value;
      return 'newest';
    }
    return at === oldestAt ? 'oldest' : null;
  };
}

function spanRules(policy: RetentionPolicy, latest: RetentionTime, oldestAt: number): Matcher[] {
  return calendarRules.flatMap(({ name, unit, within }): Matcher[] => {
    const duration = policy[within];
    if (isZeroDuration(duration)) return [];
    const isRecent = newerThan(latest, duration);
    const firstOfUnit = newestOfEachUnit(unit, oldestAt);
    const words = `${name} within ${formatRetentionDuration(duration)}`;
    return [
      (snapshot, at) => {
        if (!isRecent(snapshot)) return [];
        const match = firstOfUnit(snapshot, at);
        if (match === null) return [];
        return [match === 'oldest' ? `oldest ${words}` : words];
      },
    ];
  });
}

function countersOf(rules: readonly CountedRule[]): RetentionCounters {
  const left = rules.filter((rule) => rule.left !== 0);
  return Object.fromEntries(left.map((rule) => [rule.name, rule.left]));
}
