import { readFileSync } from 'node:fs';
import { arch, release, type } from 'node:os';
import { parseEnvironment } from '@breakwater/process/config';
import { z } from 'zod';

const seconds = z.coerce
  .number('expected a number of seconds')
  .min(1)
  .max(7 * 86_400);

/** What the agent's daemon takes from the environment. Throws an Error of one line for a bad value. */
export function readAgentConfig() {
  const parsed = parseEnvironment(
    {
      BREAKWATER_LOG_LEVEL: z
        .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
        .default('info'),
      /** How long a backup waits for any storage node to come back before it fails. */
      BREAKWATER_NODE_WAIT_SECONDS: seconds.default(600),
      /** How long a node may keep failing before a backup goes on with the next. */
      BREAKWATER_NODE_RETRY_SECONDS: seconds.default(60),
    },
    process.env,
  );
  return {
    logLevel: parsed.BREAKWATER_LOG_LEVEL,
    nodeWaitMs: parsed.BREAKWATER_NODE_WAIT_SECONDS * 1000,
    nodeRetryMs: parsed.BREAKWATER_NODE_RETRY_SECONDS * 1000,
  };
}

/** The agent's version, from its own package. */
export function agentVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return z.object({ version: z.string() }).parse(JSON.parse(text)).version;
}

/** What the control center shows of this machine, such as `Linux 6.1.0 x64, Node 24.21.0`. */
export function platform(): string {
  return `${type()} ${release()} ${arch()}, Node ${process.versions.node}`.slice(0, 200);
}
