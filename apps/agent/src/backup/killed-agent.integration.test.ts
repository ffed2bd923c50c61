import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeWithRestic, StockRestic } from '@breakwater/restic-format/testing/stock-restic';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { AgentCluster, MB } from '../testing/agent-cluster.ts';
import { REPOSITORY_PASSWORD } from '../testing/test-center.ts';

const FILES = 10;
const FILE_BYTES = 6 * MB;

describeWithRestic('a backup whose agent is killed', () => {
  let cluster: AgentCluster;
  beforeAll(async () => {
    cluster = await AgentCluster.start([20 * MB]);
  });
  afterAll(() => cluster?.stop());

  /** Whole packs on the node, bytes. */
  function storedBytes(): number {
    const data = join(copyFolder(), 'data');
    const files = readdirSync(data, { recursive: true, withFileTypes: true }).filter(
      (entry) => entry.isFile() && /^[0-9a-f]{64}$/.test(entry.name),
    );
    return files.reduce((sum, { parentPath, name }) => sum + statSync(join(parentPath, name)).size, 0);
  }
  function copyFolder(): string {
    return cluster.copyFolder(cluster.node('node-1'));
  }
  async function startBackup(source: string) {
    const order = await cluster.backupOrder([source]);
    expect(await cluster.center.call('run', order)).toEqual({ accepted: true, reason: null });
    return order;
  }

  it('goes on in the next run from what the node has, which stock restic finds sound', async () => {
    const restic = new StockRestic(cluster.folder, {
      RESTIC_REPOSITORY: copyFolder(),
      RESTIC_PASSWORD: REPOSITORY_PASSWORD,
    });
    // Random content: what has to be stored is known.
    const source = await cluster.makeSource('source', FILES, FILE_BYTES);
    for (const packs of [1, 2]) {
      await cluster.startAgent();
      await startBackup(source);
      await cluster.center.until(() => cluster.center.progress.length > 0);
      while (storedSafely() < packs * 16 * MB) await sleep(5);
      await cluster.agent.stop('SIGKILL');
      expect(await restic.run('check', '--no-lock', '--read-data')).toContain('no errors were found');
    }
    await cluster.startAgent();
    const order = await startBackup(source);
    expect(await cluster.center.ended(order.runId)).toMatchObject({ outcome: 'succeeded', issueCount: 0 });
    expect(storedBytes()).toBeLessThan(FILES * FILE_BYTES * 1.002);
    expect(await restic.run('check', '--read-data')).toContain('no errors were found');

    function storedSafely(): number {
      try {
        return storedBytes();
      } catch {
        // The copy is just being made.
        return 0;
      }
    }
  });
});
