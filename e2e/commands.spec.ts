import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { openConsole, signInFirst } from './console.ts';
import { obstacles } from './obstacles.ts';
import { root, startCluster } from './start-cluster.ts';

const bin = join(root, 'apps/agent/bin/breakwater-agent.mjs');

/** Runs the agent's program; resolves when it has ended, or at the first line of its log for `run`. */
function agent(args: readonly string[]) {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  const said = new Promise<void>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        resolve();
      });
    }
  });
  const ended = new Promise<number>((resolve) => child.once('close', (code) => resolve(code ?? -1)));
  return { child, said, ended, output: () => printed };
}

test('what commands print is backed up beside files, with hooks around it, as the server’s own list allows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
  const cluster = await startCluster(['--agents', '0', '--nodes', '1']);
  const { page, errors, close } = await openConsole();
  const api = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${cluster.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${cluster.admin.apiToken}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, text: await response.text() };
  };
  const list = join(folder, 'commands.json');
  const data = join(folder, 'agent');
  const source = join(folder, 'files');
  mkdirSync(source);
  writeFileSync(join(source, 'a file'), 'some text');
  const parameters = { table: { pattern: '[a-z]+', description: 'Which table' } };
  writeFileSync(
    list,
    JSON.stringify({
      version: 1,
      sources: {
        export: {
          kind: 'command',
          description: 'One table of the shop',
          argv: ['/bin/echo', 'rows of {table}'],
          file: 'shop/{table}.csv',
          parameters,
        },
        broken: { kind: 'command', argv: ['/bin/sh', '-c', 'echo "the database is away" >&2; exit 4'] },
      },
      hooks: { freeze: { argv: ['/bin/echo', 'frozen'] } },
    }),
  );
  chmodSync(list, 0o600);
  let running: ReturnType<typeof agent> | undefined;
  try {
    const join1 = await api('POST', '/join-tokens', { kind: 'agent' });
    const { token } = JSON.parse(join1.text) as { token: string };
    const enrolled = agent([
      ...['enroll', '--server', cluster.url, '--token', token],
      ...['--address', 'db-1', '--data', data],
    ]);
    expect(await enrolled.ended, enrolled.output()).toBe(0);
    running = agent(['run', '--data', data, '--allow-commands', list]);
    await running.said;

    await signInFirst(page, cluster.url, cluster.admin);
    await test.step('the form offers what the server allows, and asks for what is missing', async () => {
      await expect.poll(async () => (await api('GET', '/agents')).text).toContain('"export"');
      await page.goto(`${cluster.url}/tasks/new?server=db-1`);
      await page.getByRole('combobox', { name: 'Add to “Backed up as well”' }).click();
      await page.getByRole('option', { name: 'export' }).click();
      await page.getByRole('combobox', { name: 'Add to “Backed up as well”' }).click();
      await page.getByRole('option', { name: 'broken' }).click();
      await page.getByRole('combobox', { name: 'Add to “Run before”' }).click();
      await page.getByRole('option', { name: 'freeze' }).click();
      await page.getByRole('combobox', { name: 'Add to “Run after”' }).click();
      await page.getByRole('option', { name: 'freeze' }).click();
      await page.getByLabel('Add a path').fill(source);
      await page.getByLabel('Add a path').press('Enter');
      await page.getByRole('button', { name: 'Create and run now' }).click();
      await expect(page.getByText('This is needed.')).toBeVisible();
      await page.getByLabel('table').fill('Goods');
      await page.getByRole('button', { name: 'Create and run now' }).click();
      await expect(page.getByText('a value that matches [a-z]+').first()).toBeVisible();
      await page.getByLabel('table').fill('goods');
      expect(await obstacles(page)).toEqual([]);
      await expect(page.getByText('becomes /shop/goods.csv')).toBeVisible();
      await page.getByRole('button', { name: 'Create and run now' }).click();
    });

    await test.step('the run shows how each went', async () => {
      const results = page.getByRole('list', { name: 'How its commands and hooks went' });
      await expect(results.getByRole('listitem')).toHaveCount(4, { timeout: 60_000 });
      await expect(page.getByText('Partial').first()).toBeVisible({ timeout: 60_000 });
      expect(await obstacles(page)).toEqual([]);
      const [before, made, broken, after] = await results.getByRole('listitem').allInnerTexts();
      expect(before).toMatch(/freeze[\s\S]*before[\s\S]*done/);
      expect(made).toMatch(/export table=goods[\s\S]*done/);
      expect(broken).toMatch(/broken[\s\S]*failed[\s\S]*exit code 4[\s\S]*the database is away/);
      expect(after).toMatch(/freeze[\s\S]*after[\s\S]*done/);
      await expect(page.getByText('no snapshot was made of broken', { exact: false }).first()).toBeVisible();
    });

    await test.step('what it printed lies in a snapshot of its own, as it was', async () => {
      const { items } = JSON.parse((await api('GET', '/snapshots')).text) as {
        items: { id: string; command: string | null; paths: string[] }[];
      };
      expect(items.map((one) => [one.command, one.paths])).toEqual([
        // Newest first: commands go before the paths.
        [null, [source]],
        ['export table=goods', ['/shop/goods.csv']],
      ]);
      const id = items.find((one) => one.command !== null)?.id;
      const file = await api(
        'GET',
        `/snapshots/${id}/download?path=${encodeURIComponent('/shop/goods.csv')}`,
      );
      expect(file.text).toBe('rows of goods\n');
      await page.goto(`${cluster.url}/snapshots?snapshot=${id}`);
      await expect(page.getByText('export table=goods').first()).toBeVisible();
      await expect(page.getByText('goods.csv').first()).toBeVisible();
    });
    await test.step('the server’s page shows what it allows', async () => {
      await page.goto(`${cluster.url}/servers`);
      await page.getByRole('link', { name: 'db-1' }).first().click();
      const allowed = page.getByRole('list', { name: 'Commands it allows' });
      await expect(allowed.getByRole('listitem')).toHaveText([/export/, /broken/, /freeze\s*hook/]);
    });
    // A refused form is a refused request, which the browser tells, too.
    expect(errors.filter((error) => !error.includes('403'))).toEqual([]);
  } finally {
    running?.child.kill('SIGTERM');
    await running?.ended;
    await close();
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true });
  }
});
