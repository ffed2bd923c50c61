import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { makeEnrolledFolder } from '../apps/storage-node/src/testing/enrolled-folder.ts';
import { root } from '../e2e/start-cluster.ts';
import type { LimitedLink } from './lab/limited-link.ts';

const PORT = 3101;

export interface NodeOnLink {
  url: string;
  /** For probes. */
  token: string;
  stop(): Promise<void>;
}

/** A storage node alone, in the link's namespace, that may spend all its time on probes. */
export async function startNodeOnLink(link: LimitedLink): Promise<NodeOnLink> {
  const url = `http://${link.address}:${PORT}`;
  const folder = await makeEnrolledFolder({
    listen: `${link.address}:${PORT}`,
    publicUrl: url,
    insecureHttp: true,
  });
  const program = join(root, 'apps/storage-node/bin/breakwater-node.mjs');
  const child = spawn(
    'ip',
    ['netns', 'exec', link.namespace, process.execPath, program, 'run', '--data', folder.dataDir],
    { env: { ...process.env, BREAKWATER_PROBE_SHARE: '1' }, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const stop = async () => {
    if (child.exitCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    await folder.remove();
  };
  try {
    await untilServing(child);
    return { url, token: await folder.sign({ verbs: ['probe'] }), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function untilServing(child: ChildProcess): Promise<void> {
  let said = '';
  for await (const chunk of child.stderr ?? []) {
    said += String(chunk);
    if (!said.includes('storage node is serving')) continue;
    child.stderr?.resume();
    return;
  }
  throw new Error(`the node did not start:\n${said}`);
}
