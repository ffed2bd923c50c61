import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** What `npm start` says before anything is installed or started. */
function start(args: readonly string[], environment: Record<string, string>, nodeOptions: string[] = []) {
  const script = join(import.meta.dirname, 'start.mjs');
  return spawnSync(process.execPath, [...nodeOptions, script, ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...environment },
    timeout: 15_000,
  });
}

describe('options that npm took for itself: the command that was meant', () => {
  it.each([
    [['/etc'], { npm_config_backup: 'true' }, 'npm start -- --backup /etc'],
    [[], { npm_config_backup: '/etc', npm_config_once: 'true' }, 'npm start -- --backup /etc --once'],
    [[], { npm_config_backup: 'true' }, 'npm start -- --backup PATH'],
    [[], { npm_config_reset_admin: 'true' }, 'npm start -- --reset-admin'],
    [[], { npm_config_backup: "/it's here" }, "npm start -- --backup '/it'\\''s here'"],
    [['2', '1'], { npm_config_nodes: 'true', npm_config_agents: 'true' }, '-- --nodes 2 --agents 1'],
  ])('%j %j', (args, environment, command) => {
    const { status, stderr } = start(args, environment as Record<string, string>);
    expect(stderr).toMatch(/^\n✗ npm took --\w+/);
    expect(stderr).toContain(`${command}\n`);
    expect(status).toBe(1);
  });
});

it('a Node too old', () => {
  const pretend = 'Object.defineProperty(process.versions, "node", { value: "18.20.4" })';
  const { status, stderr } = start([], {}, ['--import', `data:text/javascript,${pretend}`]);
  expect(stderr).toBe('\n✗ Node 18.20.4 is too old: Breakwater needs Node 20 or newer (nodejs.org).\n');
  expect(status).toBe(1);
});
