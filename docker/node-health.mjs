// Health check of a storage node: 0 when its /healthz says that it can serve. The port is the one it enrolled with.
import { existsSync, readFileSync } from 'node:fs';

const file = '/data/node.json';
if (!existsSync(file)) {
  process.stdout.write('not enrolled yet\n');
  process.exit(1);
}
const { listen } = JSON.parse(readFileSync(file, 'utf8'));
const port = listen.slice(listen.lastIndexOf(':') + 1);
// Its certificate, when it has one, is for the name that others use, not for loopback.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = '0';
process.exitCode = 1;
for (const scheme of ['http', 'https']) {
  try {
    const response = await fetch(`${scheme}://127.0.0.1:${port}/healthz`, {
      signal: AbortSignal.timeout(2000),
    });
    process.stdout.write(`${response.status} ${await response.text()}\n`);
    if (response.ok) process.exitCode = 0;
    break;
  } catch (error) {
    process.stdout.write(`${scheme}: ${error.cause?.message ?? error.message}\n`);
  }
}
