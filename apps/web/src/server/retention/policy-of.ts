import type { Retention } from '@breakwater/contract/retention';
import { parseRetentionDuration } from '@breakwater/domain/retention-duration';
import { EMPTY_POLICY, type RetentionPolicy } from '@breakwater/domain/retention-policy';

/** A task's retention as the rules that are applied. */
export function policyOf(given: Retention): RetentionPolicy {
  const policy: { -readonly [Rule in keyof RetentionPolicy]: RetentionPolicy[Rule] } = { ...EMPTY_POLICY };
  const counts = ['keepLast', 'keepHourly', 'keepDaily', 'keepWeekly', 'keepMonthly', 'keepYearly'] as const;
  for (const rule of counts) policy[rule] = given[rule] ?? 0;
  const spans = [
    'keepWithin',
    'keepWithinHourly',
    'keepWithinDaily',
    'keepWithinWeekly',
    'keepWithinMonthly',
    'keepWithinYearly',
  ] as const;
  for (const rule of spans) {
    const parsed = parseRetentionDuration(given[rule] ?? '');
    // The contract has let nothing else through.
    if (parsed.ok) policy[rule] = parsed.duration;
  }
  return policy;
}
