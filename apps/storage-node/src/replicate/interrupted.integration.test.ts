import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ChangingSource, CopyOnNode, resticIsInstalled } from '../testing/replicating-nodes.ts';

// On a CI machine restic must be there, so a missing one fails instead of passing unseen.
const isSkipped = !resticIsInstalled && !process.env.CI;
const MIB = 1024 * 1024;

describe.skipIf(isSkipped)(
  `an interrupted replication${isSkipped ? ' (skipped: restic not installed)' : ''}`,
  () => {
    let source: ChangingSource;
    let a: CopyOnNode;
    let b: CopyOnNode;

    const start = async (as: 'here' | 'process') => {
      b = await CopyOnNode.start(source.base, as);
      await b.becomeCopyOf(a);
    };

    beforeEach(async () => {
      source = await ChangingSource.create();
      a = await CopyOnNode.start(source.base);
      await a.restic('init', '--repository-version', '2');
      for (let n = 0; n < 6; n += 1) {
        await source.write(`large-${n}`, 4 * MIB);
        await a.restic('backup', '--pack-size', '4', source.path);
      }
    });
    afterEach(async () => {
      await Promise.all([a.stop(), b.stop()]);
      await source.remove();
    });

    /** Resolves when the next progress tells of a file that was fetched. */
    const somethingCame = async (): Promise<void> => {
      for (;;) if ((await b.center.nextProgress()).filesDone > 0) return;
    };

    it('leaves a whole copy when the node is killed at any moment, and goes on where it was', async () => {
      await start('process');
      const order = await b.order(a, { bytesPerSecond: 12 * MIB });
      const fetched: number[] = [];
      for (let kills = 0; kills < 4; kills += 1) {
        // Counted from the first moment at which something has come, which is another one each time.
        const attempt = kills + 1;
        const moved = somethingCame();
        await b.center.call('replicate', { ...order, attempt });
        // Where little is left it may be over before it has told of a file.
        await Promise.race([moved, b.center.replicationEnded(order.runId, attempt)]);
        await b.crash();
        await b.check();
        fetched.push((await b.files()).length);
        if (fetched.at(-1) === (await a.files()).length) break;
      }
      // What was fetched stays.
      expect(fetched).toEqual(fetched.toSorted((x, y) => x - y));
      await b.center.connected();
      const end = await b.pull(a);
      expect(end).toMatchObject({ outcome: 'succeeded' });
      expect(end.fetched.files).toBe((await a.files()).length - (fetched.at(-1) ?? 0));
      expect(await b.files()).toEqual(await a.files());
      await b.check('--read-data');
      const left = (await readdir(b.path, { recursive: true })).filter((name) => name.includes('.incoming'));
      expect(left).toEqual([]);
    });

    it('stops writing when its lease has run out, and keeps what it has', async () => {
      await start('here');
      const end = await b.pull(a, { bytesPerSecond: 8 * MIB, leaseMs: 1200 });
      expect(end).toMatchObject({ outcome: 'failed', failure: { code: 'lock-lost', retryable: true } });
      const files = await b.files();
      expect(files.some((name) => name.startsWith('snapshots/'))).toBe(false);
      await b.check();
      const again = await b.pull(a);
      expect(again.outcome).toBe('succeeded');
      expect(again.fetched.files).toBe((await a.files()).length - files.length);
      await b.check('--read-data');
    });

    it('goes on while its lease is renewed, and says when it knows nothing of it', async () => {
      await start('here');
      const order = await b.order(a, { bytesPerSecond: 12 * MIB, leaseMs: 1500 });
      const { runId, attempt } = order;
      const renewal = { runId, attempt, token: order.source.token, leaseMs: 600_000 };
      await b.center.call('replicate', order);
      expect(await b.center.call('renew-replication', renewal)).toEqual({ ok: true, body: { held: true } });
      expect(await b.center.call('renew-replication', { ...renewal, attempt: 2 })).toMatchObject({
        body: { held: false },
      });
      expect(await b.center.replicationEnded(runId)).toMatchObject({ outcome: 'succeeded' });
    });

    it('ends when it is cancelled, and is in the heartbeats until its end is heard', async () => {
      await start('here');
      const order = await b.order(a, { bytesPerSecond: MIB });
      const { runId, attempt } = order;
      await b.center.call('replicate', order);
      expect(await b.center.call('replicate', order)).toMatchObject({ ok: true });
      expect(await b.center.call('replicate', await b.order(a))).toMatchObject({
        failure: { code: 'conflict', retryable: true },
      });
      expect((await b.center.nextHeartbeat()).replications).toEqual([{ runId, attempt }]);
      await b.center.call('stop-replication', { runId, attempt });
      expect(await b.center.replicationEnded(runId)).toMatchObject({ outcome: 'cancelled' });
      await expect.poll(async () => (await b.center.nextHeartbeat()).replications).toEqual([]);
      await b.check();
    });

    it('waits for a source that is away for a moment', async () => {
      await a.stop();
      a = await CopyOnNode.start(source.base, 'process');
      await a.restic('init', '--repository-version', '2');
      await a.restic('backup', '--pack-size', '4', source.path);
      await start('here');
      const order = await b.order(a, { bytesPerSecond: 12 * MIB });
      const moved = somethingCame();
      await b.center.call('replicate', order);
      await moved;
      await a.crash();
      expect(await b.center.replicationEnded(order.runId)).toMatchObject({ outcome: 'succeeded' });
      expect(await b.files()).toEqual(await a.files());
      expect(await readdir(join(b.path, 'data'))).not.toEqual([]);
      await b.check('--read-data');
    });
  },
);
