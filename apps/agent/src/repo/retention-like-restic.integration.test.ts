import { applyRetention, type RetentionSnapshot } from '@breakwater/domain/retention';
import { formatRetentionDuration, type RetentionDuration } from '@breakwater/domain/retention-duration';
import { EMPTY_POLICY, isEmptyPolicy, type RetentionPolicy } from '@breakwater/domain/retention-policy';
import { mapInParallel } from '@breakwater/restic-format/map-in-parallel';
import { openRepository } from '@breakwater/restic-format/repository';
import type { Snapshot } from '@breakwater/restic-format/snapshot';
import { describeWithRestic, PASSWORD, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { DirectoryStore } from '../store/directory-store.ts';

// One call of restic judges all lists, each under a host of its own: 20 lists × 25 policies.
const LISTS = 20;
const POLICIES = 25;
const SEED = 3336730;
const DAY_MS = 86_400_000;

const NO_TREE = '0'.repeat(63).concat('1');

function snapshotsOf(hostname: string): fc.Arbitrary<Snapshot[]> {
  const now = Date.now();
  const scale = fc.constantFrom(1, 30, 400, 4000);
  return scale.chain((days) => {
    const one = fc.record({
      ms: fc.oneof(
        { weight: 30, arbitrary: fc.integer({ min: Math.round(now - days * DAY_MS), max: now - 1000 }) },
        { weight: 1, arbitrary: fc.integer({ min: now + DAY_MS, max: now + 400 * DAY_MS }) },
        // Around midnight and the year's first week, where days, weeks and years part.
        {
          weight: 4,
          arbitrary: fc.integer({ min: -8 * 24, max: 8 * 24 }).map((hours) => Date.UTC(2024, 0, 1, hours)),
        },
      ),
      zone: fc.constantFrom(0, 0, 3600, -3600 * 11, 3600 * 14, 5 * 3600 + 1800),
      tags: fc.subarray(['a', 'b', 'c']),
    });
    return fc.uniqueArray(one, { minLength: 1, maxLength: 40, selector: ({ ms }) => ms }).map((list) =>
      list.map(({ ms, zone, tags }) => ({
        time: { ns: BigInt(ms) * 1_000_000n + 123n, offsetSeconds: zone },
        parent: null,
        tree: NO_TREE,
        paths: ['/data'],
        hostname,
        username: '',
        uid: 0,
        gid: 0,
        excludes: [],
        tags,
        original: null,
        programVersion: '',
        summary: null,
      })),
    );
  });
}

const count = fc.oneof(
  { weight: 6, arbitrary: fc.constant(0) },
  { weight: 3, arbitrary: fc.integer({ min: 1, max: 12 }) },
  { weight: 1, arbitrary: fc.constant('unlimited' as const) },
);
const noTime = { years: 0, months: 0, days: 0, hours: 0 };
const span = fc.oneof(
  { weight: 4, arbitrary: fc.constant(noTime) },
  {
    weight: 1,
    arbitrary: fc.record({
      years: fc.integer({ min: 0, max: 3 }),
      months: fc.integer({ min: 0, max: 14 }),
      days: fc.integer({ min: 0, max: 40 }),
      hours: fc.integer({ min: 0, max: 50 }),
    }),
  },
);
const policies: fc.Arbitrary<RetentionPolicy> = fc
  .record({
    keepLast: count,
    keepHourly: count,
    keepDaily: count,
    keepWeekly: count,
    keepMonthly: count,
    keepYearly: count,
    keepWithin: span,
    keepWithinHourly: span,
    keepWithinDaily: span,
    keepWithinWeekly: span,
    keepWithinMonthly: span,
    keepWithinYearly: span,
    keepTags: fc.array(fc.subarray(['a', 'b', 'c'], { minLength: 1 }), { maxLength: 1 }),
  })
  .filter((policy) => !isEmptyPolicy(policy));

const options = {
  keepLast: '--keep-last',
  keepHourly: '--keep-hourly',
  keepDaily: '--keep-daily',
  keepWeekly: '--keep-weekly',
  keepMonthly: '--keep-monthly',
  keepYearly: '--keep-yearly',
  keepWithin: '--keep-within',
  keepWithinHourly: '--keep-within-hourly',
  keepWithinDaily: '--keep-within-daily',
  keepWithinWeekly: '--keep-within-weekly',
  keepWithinMonthly: '--keep-within-monthly',
  keepWithinYearly: '--keep-within-yearly',
} as const;

function optionsOf(policy: RetentionPolicy, unlimited: string): string[] {
  const rules = Object.entries(options).flatMap(([rule, option]) => {
    const value: number | 'unlimited' | RetentionDuration = policy[rule as keyof typeof options];
    if (value === 'unlimited') return [`${option}=${unlimited}`];
    const text = typeof value === 'number' ? String(value) : formatRetentionDuration(value);
    return text === '' || text === '0' ? [] : [`${option}=${text}`];
  });
  return [...rules, ...policy.keepTags.map((tags) => `--keep-tag=${tags.join(',')}`)];
}

const forgetOutput = z.array(
  z.object({
    host: z.string(),
    keep: z.array(z.object({ id: z.string() })).nullable(),
    remove: z.array(z.object({ id: z.string() })).nullable(),
    reasons: z.array(z.object({ matches: z.array(z.string()) })).nullable(),
  }),
);

/** What is kept, newest first, and why. */
type Kept = { id: string; matches: string[] }[];

describeWithRestic('retention, judged by stock restic', () => {
  let restic: StockRestic;
  /** restic before 0.16 does not keep the oldest snapshot as well… */
  let keepsOldest: boolean;
  /** …and knows no "unlimited". */
  let unlimited: string;
  const lists = new Map<string, RetentionSnapshot[]>();

  beforeAll(async () => {
    // Times without a zone of their own would be told in this one, daylight saving and all.
    restic = await StockRestic.create({ TZ: 'UTC' });
    const minor = Number(/^restic 0\.(\d+)/.exec(await restic.run('version'))?.[1] ?? 99);
    keepsOldest = minor >= 16;
    unlimited = minor >= 16 ? 'unlimited' : '1000000';
    await restic.run('init');
    const repository = await openRepository(new DirectoryStore(restic.repository), PASSWORD);
    for (let list = 0; list < LISTS; list += 1) {
      const hostname = `host-${list}`;
      const [snapshots = []] = fc.sample(snapshotsOf(hostname), { seed: SEED + list, numRuns: 1 });
      const stored = snapshots.map(async (snapshot) => {
        const id = await repository.saveSnapshot(snapshot);
        return { id, time: snapshot.time, tags: snapshot.tags };
      });
      lists.set(hostname, await Promise.all(stored));
    }
  });
  afterAll(() => restic.remove());

  function ours(snapshots: readonly RetentionSnapshot[], policy: RetentionPolicy): Kept {
    return applyRetention(snapshots, policy, Date.now()).flatMap((verdict) => {
      if (!verdict.kept) return [];
      const matches = keepsOldest
        ? verdict.matches
        : verdict.matches.filter((words) => !words.startsWith('oldest '));
      return matches.length === 0 ? [] : [{ id: verdict.snapshot.id, matches }];
    });
  }

  async function theirs(policy: RetentionPolicy): Promise<Map<string, Kept>> {
    const stdout = await restic.run(
      'forget',
      '--dry-run',
      '--no-lock',
      '--json',
      ...optionsOf(policy, unlimited),
    );
    const groups = forgetOutput.parse(JSON.parse(stdout));
    return new Map(
      groups.map(({ host, keep, reasons }) => [
        host,
        (keep ?? []).map(({ id }, which) => ({ id, matches: reasons?.[which]?.matches ?? [] })),
      ]),
    );
  }

  it(`keeps the same for ${LISTS * POLICIES} lists and policies, for the same reasons`, async () => {
    let keptInAll = 0;
    const all = [
      { ...EMPTY_POLICY, keepDaily: 7, keepWeekly: 5, keepMonthly: 12, keepYearly: 3 },
      ...fc.sample(policies, { seed: SEED, numRuns: POLICIES - 1 }),
    ];
    const verdicts = await mapInParallel(all, 3, theirs);
    for (const [which, policy] of all.entries()) {
      const judged = verdicts[which] ?? new Map<string, Kept>();
      expect([...judged.keys()].sort()).toEqual([...lists.keys()].sort());
      for (const [hostname, snapshots] of lists) {
        const kept = judged.get(hostname) ?? [];
        const given = `${hostname} ${optionsOf(policy, unlimited).join(' ')}`;
        expect(ours(snapshots, policy), given).toEqual(kept);
        keptInAll += kept.length;
      }
    }
    expect(keptInAll).toBeGreaterThan(1000);
  });
});
