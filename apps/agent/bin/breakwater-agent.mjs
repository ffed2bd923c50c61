#!/usr/bin/env node
// Runs under whatever Node the user has (20 or newer) and without any dependency; the program itself needs 24.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED_MAJOR = 24;

if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) {
  keepCompiledCode();
  await import('../src/main.ts');
} else {
  runUnderPinnedNode();
}

function runUnderPinnedNode() {
  const self = fileURLToPath(import.meta.url);
  const node = findPinnedNode(dirname(self));
  if (node === undefined) {
    process.stderr.write(
      `breakwater-agent needs Node ${NEEDED_MAJOR}, this is ${process.versions.node}, and the pinned one is not installed: run "npm ci" or use a newer Node.\n`,
    );
    process.exit(1);
  }
  // The IPC channel is how the child learns that this process is gone, kill -9 included.
  const child = spawn(node, [self, ...process.argv.slice(2)], {
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2']) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => {
    process.stderr.write(`breakwater-agent: ${node} cannot be started (${error.message}).\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
  if (process.send !== undefined) {
    process.on('message', (message) => child.connected && child.send(message));
    child.on('message', (message) => process.connected && process.send(message));
    process.on('disconnect', () => child.connected && child.disconnect());
  }
}

// Half of the time a short command takes is reading its sources. What they compile to is kept beside them, where only
// who may change the program can write (in a shared folder such as /tmp, others could leave code for root to run).
function keepCompiledCode() {
  const packages = findUp(dirname(fileURLToPath(import.meta.url)), 'node_modules/commander');
  if (packages !== undefined) module.enableCompileCache?.(join(packages, '../.cache/breakwater-agent'));
}

function findUp(from, path) {
  for (let folder = from; ; folder = dirname(folder)) {
    const candidate = join(folder, path);
    if (existsSync(candidate)) return candidate;
    if (folder === dirname(folder)) return undefined;
  }
}

function findPinnedNode(from) {
  for (let folder = from; ; folder = dirname(folder)) {
    for (const path of [`node-linux-${process.arch}/bin/node`, '.bin/node']) {
      const candidate = join(folder, 'node_modules', path);
      if (existsSync(candidate)) return candidate;
    }
    if (folder === dirname(folder)) return undefined;
  }
}
