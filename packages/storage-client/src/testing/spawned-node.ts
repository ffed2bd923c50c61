import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ProgramProcess, runProgram } from './program-process.ts';

/** A real storage node in a process of its own. */
export interface SpawnedNode {
  nodeId: string;
  name: string;
  url: string;
  dataDir: string;
  process: ProgramProcess;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** Starts it again on the same port where it was killed; nothing when it runs. */
  revive(): Promise<void>;
  stop(): Promise<void>;
}

const env = {
  // Tests probe as they like: the share of a node's time is tested with the node.
  BREAKWATER_PROBE_SHARE: '1',
};

export async function spawnNode(options: {
  server: string;
  name: string;
  folder: string;
  /** Where others find it, if not where it listens (behind a throttled link). */
  args?: readonly string[];
}): Promise<SpawnedNode> {
  const { server, name, folder } = options;
  const dataDir = join(folder, name);
  const enrolled = await enrol('0');
  async function enrol(port: string): Promise<{ nodeId: string }> {
    const where = ['--listen', `127.0.0.1:${port}`, '--public-url', `http://127.0.0.1:${port}`];
    const args = ['enroll', '--server', server, '--token', 'join', '--name', name, '--data', dataDir];
    const result = await runProgram('breakwater-node', [...args, ...where, ...(options.args ?? [])]);
    if (result.code !== 0) throw new Error(`the node could not be enrolled: ${result.stderr}`);
    return JSON.parse(await readFile(join(dataDir, 'node.json'), 'utf8'));
  }
  // The port it got at first is kept, so that others find it again.
  const keepPort = async (url: string): Promise<void> => {
    const path = join(dataDir, 'node.json');
    const state = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...state, listen: new URL(url).host, publicUrl: url }));
  };
  const start = async (): Promise<{ process: ProgramProcess; url: string }> => {
    const process = new ProgramProcess('breakwater-node', ['run', '--data', dataDir], env);
    const url = await process.line((line) => {
      if (!line.startsWith('{')) return undefined;
      const entry: { url?: string; nodeId?: string } = JSON.parse(line);
      return entry.nodeId === undefined ? undefined : entry.url;
    });
    return { process, url };
  };
  const first = await start();
  await keepPort(first.url);
  let killed = false;
  const node: SpawnedNode = {
    nodeId: enrolled.nodeId,
    name,
    url: first.url,
    dataDir,
    process: first.process,
    kill: async () => {
      killed = true;
      await node.process.stop('SIGKILL');
    },
    revive: async () => {
      if (!killed) return;
      killed = false;
      const again = await start();
      node.process = again.process;
      node.url = again.url;
    },
    stop: async () => {
      await node.process.stop();
    },
  };
  return node;
}
