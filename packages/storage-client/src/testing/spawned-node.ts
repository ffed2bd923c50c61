import { readFile } from 'node:fs/promises';
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
  /** After a kill: the same node on the same port. */
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
  const node: SpawnedNode = {
    nodeId: enrolled.nodeId,
    name,
    url: first.url,
    dataDir,
    process: first.process,
    kill: async () => {
      await node.process.stop('SIGKILL');
    },
    revive: async () => {
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
