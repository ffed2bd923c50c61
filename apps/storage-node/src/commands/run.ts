import { readFile } from 'node:fs/promises';
import { Failure } from '@breakwater/domain/failure';
import { createLogger } from '@breakwater/process/logger';
import { Shutdown } from '@breakwater/process/shutdown';
import { z } from 'zod';
import type { NodeConfig } from '../config.ts';
import type { Certificate } from '../http/node-server.ts';
import { startStorageNode } from '../start-storage-node.ts';
import { parseOptions } from './parse-options.ts';

const runOptions = z.object({
  data: z.string().min(1, 'expected a folder'),
  tlsCert: z.string().min(1, 'expected a file').optional(),
  tlsKey: z.string().min(1, 'expected a file').optional(),
});

/** Runs an enrolled node until the process is told to end. */
export async function run(given: unknown, config: NodeConfig): Promise<void> {
  const options = parseOptions(runOptions, given);
  const certificate = await readCertificate(options.tlsCert, options.tlsKey);
  const logger = createLogger('storage-node', config.logLevel);
  const shutdown = new Shutdown(logger);
  shutdown.listen();
  const node = await startStorageNode({
    dataDir: options.data,
    logger,
    certificate,
    probeShare: config.probeShare,
  });
  shutdown.onClose('storage node', node.close);
}

async function readCertificate(cert?: string, key?: string): Promise<Certificate | null> {
  if (cert === undefined && key === undefined) return null;
  if (cert === undefined || key === undefined) {
    throw new Failure('invalid-request', '--tls-cert and --tls-key go together: give both or neither.');
  }
  return { cert: await readPem('--tls-cert', cert), key: await readPem('--tls-key', key) };
}

async function readPem(flag: string, path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new Failure('path-unreadable', `${flag} is "${path}": ${(error as Error).message}.`, {
      cause: error,
    });
  }
}
