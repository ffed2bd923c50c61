// Entry point of the node and agent images: enrols once with the join token in $JOIN_TOKEN_FILE, then runs.
// usage: enrol-then-run.mjs <command file> <file that says "enrolled"> <options of enroll> [-- <options of run>]
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const data = '/data';
const [command, enrolledFile, ...given] = process.argv.slice(2);
const separator = given.indexOf('--');
const enrolOptions = separator === -1 ? given : given.slice(0, separator);
const runOptions = separator === -1 ? [] : given.slice(separator + 1);

// The first process of a container gets no default handlers: a signal that nobody listens to is lost.
let child = null;
for (const signal of ['SIGTERM', 'SIGINT']) {
  process.on(signal, () => {
    if (child === null) process.exit(0);
    child.kill(signal);
  });
}

function run(args) {
  child = spawn(process.execPath, [command, ...args], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => {
      child = null;
      resolve(code ?? 1);
    });
  });
}

if (!existsSync(join(data, enrolledFile))) {
  const file = process.env.JOIN_TOKEN_FILE;
  const server = process.env.BREAKWATER_SERVER;
  if (!file || !server) {
    process.stderr.write('Not enrolled yet: set BREAKWATER_SERVER and JOIN_TOKEN_FILE.\n');
    process.exit(1);
  }
  if (!existsSync(file)) process.stdout.write(`Waiting for a join token in ${file}.\n`);
  while (!existsSync(file)) await pause(500);
  const token = readFileSync(file, 'utf8').trim();
  const code = await run(['enroll', '--server', server, '--token', token, '--data', data, ...enrolOptions]);
  if (code !== 0) process.exit(code);
}
process.exit(await run(['run', '--data', data, ...runOptions]));
