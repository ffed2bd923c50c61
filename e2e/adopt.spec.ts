import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { page as listOf, snapshot, storageNode } from '@breakwater/contract/resources';
import { expect, test } from '@playwright/test';
import { CenterApi } from '../scripts/launcher/center-api.ts';
import { openConsole, signInFirst } from './console.ts';
import { makeSource } from './make-source.ts';
import { startCluster } from './start-cluster.ts';
import { restic, whyNoRestic } from './stock-restic.ts';

const PASSWORD = 'an old password, typed by hand';

const reason = whyNoRestic();
test(`a repository of stock restic is added, and a task goes on in it${reason === null ? '' : ` (${reason})`}`, async () => {
  test.skip(reason !== null);
  const source = makeSource();
  const made = join(mkdtempSync(join(tmpdir(), 'breakwater-stock-')), 'old-server');
  restic(made, PASSWORD, 'init');
  restic(made, PASSWORD, 'backup', source);
  const cluster = await startCluster();
  const { page, errors, close } = await openConsole();
  try {
    const api = new CenterApi(cluster.url, cluster.admin.apiToken);
    await expect
      .poll(
        async () =>
          (await api.get('/storage-nodes', listOf(storageNode))).items.filter((node) => node.online).length,
      )
      .toBe(3);
    const lies = join(cluster.dataDir, 'nodes', 'node-b', 'old-server');
    cpSync(made, lies, { recursive: true });
    await signInFirst(page, cluster.url, cluster.admin);

    await test.step('a wrong password is refused at its field, the right one shows the snapshots', async () => {
      await page.goto(`${cluster.url}/repositories`);
      await page.getByRole('button', { name: 'Add existing repository' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('combobox', { name: 'Storage node' }).click();
      await page.getByRole('option', { name: 'node-b' }).click();
      await expect(dialog.getByRole('combobox', { name: 'Repository' })).toContainText('old-server');
      await dialog.getByLabel('Password of the repository').fill('wrong');
      await dialog.getByRole('button', { name: 'Add', exact: true }).click();
      await expect(dialog.getByText('No key of this repository opens with this password.')).toBeVisible();
      await dialog.getByLabel('Password of the repository').fill(PASSWORD);
      await dialog.getByRole('button', { name: 'Add', exact: true }).click();
      await page.waitForURL(/\/repositories\/old-server$/);
      await expect(page.getByRole('heading', { name: 'Repository old-server' })).toBeVisible();
      await page.getByRole('link', { name: 'Snapshots' }).last().click();
      await expect(page.getByRole('tree')).toBeVisible();
      await page.goBack();
    });

    await test.step('a task goes on in it', async () => {
      writeFileSync(join(source, 'new.txt'), 'new since then');
      await page.getByRole('link', { name: 'New task in it' }).click();
      await expect(page.getByRole('combobox', { name: 'Repository' })).toContainText('old-server');
      await page.getByLabel('Add a path').fill(source);
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await page.getByRole('button', { name: 'Create and run now' }).click();
      await page.waitForURL(/\/runs\/[0-9a-f-]+$/);
      await expect(page.getByText('Succeeded').first()).toBeVisible({ timeout: 120_000 });
    });

    await test.step('stock restic sees both snapshots, and no fault', async () => {
      const { items } = await api.get('/snapshots?repositoryId=old-server', listOf(snapshot));
      const known = items.map(({ id }) => id).sort();
      expect(known).toHaveLength(2);
      const seen = () =>
        JSON.parse(restic(lies, PASSWORD, '--no-lock', 'snapshots', '--json')) as { id: string }[];
      // Copies are kept on two nodes: where the backup went to the other one, it comes here a little later.
      await expect
        .poll(
          () =>
            seen()
              .map(({ id }) => id)
              .sort(),
          { timeout: 60_000 },
        )
        .toEqual(known);
      expect(restic(lies, PASSWORD, '--no-lock', 'check', '--read-data')).toContain('no errors were found');
    });
    // The refusal of the wrong password is one on purpose.
    expect(errors.filter((error) => !error.includes('/repositories/adopt'))).toEqual([]);
  } finally {
    await close();
    await cluster.stop();
    rmSync(source, { recursive: true, force: true });
    rmSync(join(made, '..'), { recursive: true, force: true });
  }
});
