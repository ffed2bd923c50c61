import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SpeedSample } from '@breakwater/contract/agent-messages';
import { Failure } from '@breakwater/domain/failure';
import { createLogger } from '@breakwater/process/logger';
import type { ProbeOptions, ProbeOutcome } from '@breakwater/storage-client/probe-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DatabaseSync, openAgentDatabase } from '../outbox/agent-database.ts';
import { Prober } from './prober.ts';
import { SpeedTable } from './speed-table.ts';

const A = 'aaaaaaaa-0000-4000-8000-000000000001';
const B = 'bbbbbbbb-0000-4000-8000-000000000002';
const speeds: Record<string, number> = { 'http://a': 1000, 'http://b': 2000 };
const limitedUrls = new Set<string>();
const logger = createLogger('test', 'silent');

let folder: string;
let database: DatabaseSync;
let prober: Prober | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  database = openAgentDatabase(folder);
});
afterEach(async () => {
  await prober?.close();
  limitedUrls.clear();
  database.close();
  await rm(folder, { recursive: true });
});

const targetOf = (nodeId: string, url: string) => ({
  nodeId,
  nodeName: url.slice(7),
  url,
  token: `probe-${url}`,
});
const targets = {
  intervalMs: 3_600_000,
  window: 1,
  targets: [targetOf(A, 'http://a'), targetOf(B, 'http://b')],
};
const sampleOf = (url: string): ProbeOutcome => ({
  kind: 'sample',
  bytesPerSecond: speeds[url] ?? 0,
  limited: limitedUrls.has(url),
  answer: { bytes: 1, receiveMs: 1, measuredBytes: 1, measuredMs: 1, sha256: '', written: false },
});

function collect() {
  const samples: SpeedSample[] = [];
  const waiting: (() => void)[] = [];
  const table = new SpeedTable({
    database,
    now: Date.now,
    onSample: (sample) => {
      samples.push(sample);
      for (const tell of waiting.splice(0)) tell();
    },
  });
  const until = async (enough: () => boolean) => {
    while (!enough()) await new Promise<void>((resolve) => waiting.push(resolve));
  };
  return { samples, table, until };
}

describe('Prober', () => {
  it('fills every window, one node at a time', async () => {
    const { samples, table, until } = collect();
    let running = 0;
    let most = 0;
    prober = new Prober({
      table,
      logger,
      isIdle: () => true,
      probe: async ({ url }) => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return sampleOf(url);
      },
    });
    prober.setTargets(targets);
    await until(() => samples.length === 2);
    expect(table.window(A).sma).toBe(1000);
    expect(table.window(B).sma).toBe(2000);
    expect(most).toBe(1);
  });

  it('leaves off in the middle of a probe when a run begins', async () => {
    const { table, samples } = collect();
    let idle = true;
    const begun = Promise.withResolvers<AbortSignal>();
    prober = new Prober({
      table,
      logger,
      isIdle: () => idle,
      probe: ({ signal }) =>
        new Promise((resolve) => {
          if (signal !== undefined) begun.resolve(signal);
          signal?.addEventListener('abort', () =>
            resolve({ kind: 'failed', failure: new Failure('cancelled', 'cancelled') }),
          );
        }),
    });
    prober.setTargets(targets);
    const signal = await begun.promise;
    idle = false;
    prober.nudge();
    expect(signal.aborted).toBe(true);
    await prober.close();
    expect(samples).toEqual([]);
  });

  it('freshens stale windows only, with the probe token, and names nodes that cannot be reached', async () => {
    const { table } = collect();
    table.addProbe(A, 500);
    const asked: ProbeOptions[] = [];
    prober = new Prober({
      table,
      logger,
      isIdle: () => false,
      probe: async (options) => {
        asked.push(options);
        return { kind: 'failed', failure: new Failure('node-unreachable', 'b is gone') };
      },
    });
    const nodes = [
      { ...targetOf(A, 'http://a'), token: 'run' },
      { ...targetOf(B, 'http://b'), token: 'run' },
    ];
    const unreachable = await prober.freshen(nodes, AbortSignal.timeout(10_000));
    expect([...unreachable]).toEqual([[B, 'b is gone']]);
    expect(asked.map((one) => [one.url, one.token])).toEqual([['http://b', 'run']]);
    expect(table.window(A).samples).toHaveLength(1);
  });

  it('comes back to a node that is busy, and does not hold that for slow', async () => {
    const { table } = collect();
    let tries = 0;
    prober = new Prober({
      table,
      logger,
      isIdle: () => false,
      probe: async ({ url }) => {
        tries += 1;
        return tries < 3 ? { kind: 'later', retryAfterMs: 1 } : sampleOf(url);
      },
    });
    const unreachable = await prober.freshen([targetOf(B, 'http://b')], AbortSignal.timeout(10_000));
    expect(unreachable.size).toBe(0);
    expect(table.window(B).sma).toBe(2000);
    // One that stays busy for longer than a ranking can wait is left as it is.
    tries = Number.NEGATIVE_INFINITY;
    prober = new Prober({
      table,
      logger,
      isIdle: () => false,
      probe: async () => ({ kind: 'later', retryAfterMs: 60_000 }),
    });
    expect((await prober.freshen([targetOf(A, 'http://a')], AbortSignal.timeout(10_000))).size).toBe(0);
    expect(table.window(A).sma).toBeNull();
  });
});

describe('SpeedTable', () => {
  it('keeps windows over a restart, and forgets nodes that are gone', () => {
    const { table } = collect();
    table.addProbe(A, 100);
    table.addProbe(A, 300);
    table.addProbe(B, 5);
    const again = new SpeedTable({ database, now: Date.now, onSample: () => undefined });
    expect(again.window(A)).toEqual(table.window(A));
    expect(again.window(A).sma).toBe(200);
    again.keepOnly(new Set([B]));
    const third = new SpeedTable({ database, now: Date.now, onSample: () => undefined });
    expect(third.window(A).sma).toBeNull();
    expect(third.window(B).sma).toBe(5);
  });

  it('takes an application-limited sample only when it is above the average', () => {
    const { table, samples } = collect();
    table.addProbe(A, 100);
    table.addTransfer(A, 50, true);
    table.addTransfer(A, 50, false);
    table.addTransfer(A, 200, true);
    expect(samples.map((one) => [one.kind, one.bytesPerSecond, one.samples])).toEqual([
      ['probe', 100, 1],
      ['transfer', 50, 2],
      ['transfer', 200, 3],
    ]);
    expect(samples.at(-1)?.sma).toBeCloseTo(350 / 3);
  });
});
