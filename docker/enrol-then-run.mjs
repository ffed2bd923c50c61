// Entry point of the node and agent images: enrols once with the join token in $JOIN_TOKEN_FILE, then runs.
// usage: enrol-then-run.mjs <command file> <file that says "enrolled"> -- <options of enroll>
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const [command, enrolledFile, ...rest] = process.argv.slice(2);
const options = rest[0] === '--' ? rest.slice(1) : rest;
const data = '/data';

function run(args) {
  const child = spawn(process.execPath, [command, ...args], { stdio: 'inherit' });
  for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on('exit', (code) => resolve(code ?? 1)));
}

if (!existsSync(join(data, enrolledFile))) {
  const file = process.env.JOIN_TOKEN_FILE;
  const server = process.env.BREAKWATER_SERVER;
  if (!file || !server) {
    process.stderr.write('Not enrolled yet: set BREAKWATER_SERVER and JOIN_TOKEN_FILE.\n');
    process.exit(1);
  }
  while (!existsSync(file)) await pause(500);
  const token = readFileSync(file, 'utf8').trim();
  const code = await run(['enroll', '--server', server, '--token', token, '--data', data, ...options]);
  if (code !== 0) process.exit(code);
}
process.exit(await run(['run', '--data', data]));
