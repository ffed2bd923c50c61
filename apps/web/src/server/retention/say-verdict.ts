import type { Remark } from '@breakwater/contract/remark';
import type { KnownVerdict, SnapshotDoubt } from '@breakwater/domain/known-snapshots';
import { quote, say } from '../remarks/say.ts';

const RULE =
  /^(?<oldest>oldest )?(?:(?<counted>\w+) snapshot|within (?<span>\S+)|(?<unit>\w+) within (?<unitSpan>\S+))$/;

/** Why a snapshot is kept; nothing when it is not. `hasPolicy`: the task has a retention. */
export function sayReasons(verdict: KnownVerdict, hasPolicy: boolean): Remark[] {
  if (!verdict.keep) return [];
  if (!hasPolicy) return [say('kept-without-policy', {})];
  if (verdict.doubt !== null) return [say('kept-in-doubt', {})];
  return verdict.matches.map(sayMatch);
}

/** A rule's match, which `applyRetention` gives in restic's words. */
export function sayMatch(match: string): Remark {
  const parts = RULE.exec(match)?.groups;
  if (parts === undefined) return quote(match);
  return say('kept-by-rule', {
    rule: parts.counted ?? parts.unit ?? 'all',
    span: parts.span ?? parts.unitSpan ?? null,
    oldest: parts.oldest !== undefined,
  });
}

export function sayDoubt(doubt: SnapshotDoubt): Remark {
  return doubt.kind === 'future'
    ? say('snapshot-from-future', { minutes: doubt.minutes })
    : say('snapshot-tiny', { measure: doubt.measure, percent: doubt.percent });
}
