import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { page as listOf, recoveryKit, repository, snapshot } from '@breakwater/contract/resources';
import { expect, test } from '@playwright/test';
import { CenterApi } from '../scripts/launcher/center-api.ts';
import { openConsole, signInFirst } from './console.ts';
import { makeSource, pseudoRandom } from './make-source.ts';
import { describeTree } from './same-tree.ts';
import { startCluster } from './start-cluster.ts';
import { restic, whyNoRestic } from './stock-restic.ts';

test('sign in, make a task, run it, watch it live, browse, download, restore: equal to the source', async () => {
  const source = makeSource();
  // Large enough that the live page is seen while it runs.
  writeFileSync(join(source, 'data', 'large.bin'), pseudoRandom(192 * 1024 * 1024, 7));
  const restored = join(mkdtempSync(join(tmpdir(), 'breakwater-restore-')), 'target');
  const cluster = await startCluster();
  const { page, errors, close } = await openConsole();
  try {
    await test.step('first sign-in', () => signInFirst(page, cluster.url, cluster.admin));

    await test.step('make a task and run it', async () => {
      await page.goto(`${cluster.url}/tasks/new`);
      await expect(page.getByRole('tree')).toBeVisible();
      await page.getByLabel('Add a path').fill(source);
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await expect(page.getByText(/\d+ files in \d+ folders/).first()).toBeVisible();
      await page.getByRole('textbox', { name: 'Name optional' }).fill('Main job');
      await page.getByRole('button', { name: 'Create and run now' }).click();
      await page.waitForURL(/\/runs\/[0-9a-f-]+$/);
    });

    await test.step('watch it live, over a reload, until it has succeeded', async () => {
      await expect(page.getByRole('progressbar').first()).toBeVisible();
      await page.reload();
      await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 120_000 });
      await expect(page.getByText('Why this node')).toBeVisible();
      await expect(page.getByText(/node-[abc]/).first()).toBeVisible();
    });

    await test.step('browse the snapshot and download one file', async () => {
      await page.getByRole('link', { name: 'Browse and restore' }).click();
      const tree = page.getByRole('tree');
      await expect(tree).toBeVisible();
      for (const part of source.split('/').filter((one) => one !== '')) {
        const folder = tree.getByRole('treeitem', { name: part, exact: true });
        await expect(folder).toBeVisible();
        if ((await folder.getAttribute('aria-expanded')) === 'false') await folder.click();
      }
      await tree.getByRole('treeitem', { name: 'hello.txt', exact: true }).click();
      const downloading = page.waitForEvent('download');
      await page.getByRole('link', { name: 'Download hello.txt' }).first().click();
      const file = await (await downloading).path();
      expect(readFileSync(file, 'utf8')).toBe(readFileSync(join(source, 'hello.txt'), 'utf8'));
    });

    await test.step('restore everything', async () => {
      const tree = page.getByRole('tree');
      await tree.getByRole('treeitem', { name: 'hello.txt', exact: true }).click();
      await tree.press('Home');
      await tree.press('Space');
      await page.getByLabel('Into folder').fill(restored);
      await page.getByRole('button', { name: 'Restore', exact: true }).click();
      await page.waitForURL(/\/runs\/[0-9a-f-]+$/);
      await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 120_000 });
      expect(describeTree(join(restored, source))).toEqual(describeTree(source));
    });

    await test.step('stock restic restores the same from the node', async () => {
      const reason = whyNoRestic();
      test.info().annotations.push({ type: 'judge', description: reason ?? 'stock restic' });
      if (reason !== null) return;
      const api = new CenterApi(cluster.url, cluster.admin.apiToken);
      const [found] = (await api.get('/snapshots', listOf(snapshot))).items;
      const { items } = await api.get('/repositories', listOf(repository));
      expect(items.map((one) => one.id)).toEqual([found?.repositoryId]);
      const kit = await api.get(`/repositories/${found?.repositoryId}/recovery-kit`, recoveryKit);
      const copy = kit.copies[0]?.path ?? '';
      restic(copy, kit.password, 'check', '--read-data');
      const target = mkdtempSync(join(tmpdir(), 'breakwater-stock-'));
      restic(copy, kit.password, 'restore', found?.id ?? '', '--target', target);
      expect(describeTree(join(target, source))).toEqual(describeTree(source));
      rmSync(target, { recursive: true, force: true });
    });

    await test.step('every screen opens, in both languages, without a console error', async () => {
      for (const path of [
        '/',
        '/servers',
        '/tasks',
        '/runs',
        '/snapshots',
        '/nodes',
        '/network',
        '/settings',
      ]) {
        await page.goto(cluster.url + path);
        await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      }
    });
    expect(errors).toEqual([]);
  } finally {
    await close();
    await cluster.stop();
    rmSync(source, { recursive: true, force: true });
    rmSync(join(restored, '..'), { recursive: true, force: true });
  }
});
