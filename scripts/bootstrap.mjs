// Runs under whatever Node >= 20 the user has, before anything is installed: no dependency, no TypeScript.
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { refuse } from './refusal.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const PINNED_NODE = 24;

/**
 * Installs what the lockfile names (when it is not there yet), then runs `script` (a .ts file of ours) under the
 * pinned Node with the given arguments, as this process's child, and ends as it ends.
 */
export async function runUnderPinnedNode(script, args) {
  const major = Number(process.versions.node.split('.')[0]);
  if (!isInstalled()) await install();
  const node = major >= PINNED_NODE ? process.execPath : pinnedNode();
  const child = spawn(node, ['--disable-warning=ExperimentalWarning', join(root, script), ...args], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      PATH: `${dirname(node)}:${join(root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`,
    },
  });
  // A terminal's Ctrl-C reaches the child by itself (same process group); a signal sent to us alone does not.
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  process.on('SIGINT', () => {
    if (!process.stdin.isTTY) child.kill('SIGINT');
  });
  endWithParent(child);
  child.on('error', (error) => refuse(`Node at ${node} cannot be started: ${error.message}.`));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}

/** npm killed outright tells nobody: notice that we were handed to another parent, and end the child. */
function endWithParent(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, 1000).unref();
}

/** npm writes node_modules/.package-lock.json last: equal versions there mean a whole install of this lockfile. */
function isInstalled() {
  const hidden = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(hidden)) return false;
  try {
    const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
    const present = JSON.parse(readFileSync(hidden, 'utf8')).packages;
    return Object.entries(wanted).every(
      ([path, entry]) =>
        path === '' ||
        !path.startsWith('node_modules/') ||
        entry.link === true ||
        (present[path] === undefined ? entry.optional === true : present[path].version === entry.version),
    );
  } catch {
    return false;
  }
}

async function install() {
  if (!isWritable()) {
    refuse(
      `The packages are to be installed into ${root}, which this user may not write to: ` +
        'give it write access, or run the command as the owner of that folder.',
    );
  }
  const started = Date.now();
  process.stdout.write('• Installing packages as the lockfile gives them (npm ci)…\n');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'];
  const [command, rest] = npm === undefined ? ['npm', args] : [process.execPath, [npm, ...args]];
  const ticker = setInterval(() => {
    process.stdout.write(`  …still installing, ${Math.round((Date.now() - started) / 1000)} s\n`);
  }, 15_000);
  const code = await new Promise((resolve) => {
    const child = spawn(command, rest, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
    child.on('error', () => resolve(127));
    child.on('exit', (exit) => resolve(exit ?? 1));
  });
  clearInterval(ticker);
  if (code !== 0) {
    refuse(
      "The packages could not be installed: see npm's message above. Check the connection to the npm registry, " +
        'free disk space and write access to this folder, then run the same command again.',
    );
  }
  process.stdout.write(`✓ Packages installed (${((Date.now() - started) / 1000).toFixed(1)} s)\n`);
}

function isWritable() {
  try {
    const modules = join(root, 'node_modules');
    for (const folder of [root, ...(existsSync(modules) ? [modules] : [])])
      accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function pinnedNode() {
  const inPackage = join(root, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
  if (existsSync(inPackage)) return inPackage;
  return refuse(
    `There is no packaged Node ${PINNED_NODE} for ${process.platform}-${process.arch}: install Node ${PINNED_NODE} ` +
      'or newer yourself (nodejs.org) and run the same command again.',
  );
}
