#!/usr/bin/env node
// Runs under whatever Node the user has (20 or newer), without dependencies: under Node 24 it is the program,
// under an older one it starts itself again with the Node that came with the checkout.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const WANTED_MAJOR = 24;
const self = realpathSync(fileURLToPath(import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= WANTED_MAJOR) await import('../src/main.ts');
else respawn(findNode());

/** The pinned Node, from this file's folder upwards: where npm put it in this checkout. */
function findNode() {
  const platformPackage = `node-${process.platform}-${process.arch}`;
  for (let folder = dirname(self); ; folder = dirname(folder)) {
    const home = join(folder, 'node_modules', platformPackage);
    const node = join(home, 'bin', 'node');
    if (existsSync(node) && majorOf(join(home, 'package.json')) >= WANTED_MAJOR) return node;
    if (folder === dirname(folder)) return null;
  }
}

function majorOf(manifest) {
  try {
    return Number(JSON.parse(readFileSync(manifest, 'utf8')).version.split('.')[0]);
  } catch {
    return 0;
  }
}

function respawn(node) {
  if (node === null) {
    process.stderr.write(
      `breakwater-node: Node ${process.versions.node} is too old, and the Node ${WANTED_MAJOR} that belongs to this checkout is not installed. Run "npm ci" there, or use Node ${WANTED_MAJOR} or newer.\n`,
    );
    process.exit(1);
  }
  // The IPC channel tells the child when this process is gone, however it went.
  const child = spawn(node, [...process.execArgv, self, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  child.on('error', (error) => {
    process.stderr.write(`breakwater-node: ${node} cannot be started: ${error.message}\n`);
    process.exit(1);
  });
  child.on('message', (message) => process.send?.(message));
  process.on('message', (message) => child.connected && child.send(message));
  process.on('disconnect', () => child.connected && child.disconnect());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
