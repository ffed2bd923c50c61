import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nodeName, resourceId } from '@breakwater/contract/ids';
import { publicKey } from '@breakwater/contract/storage-token';
import { Failure } from '@breakwater/domain/failure';
import { z } from 'zod';
import { listenAddress } from './listen-address.ts';
import { writeFileAtomically } from './atomic-file.ts';

/** What a node knows of itself: `<data>/node.json`, 0600, because of the credential and the private key. */
export const nodeState = z.object({
  version: z.literal(1),
  nodeId: resourceId,
  name: nodeName,
  server: z.url(),
  listen: listenAddress,
  /** As given at enrolment; a port of 0 stands for the one that the node got. */
  publicUrl: z.url(),
  insecureHttp: z.boolean(),
  /** For the control center; null once it has released this node. */
  credential: z.string().min(1).nullable(),
  /** Keys whose tokens this node obeys, besides its own. */
  signingKeys: z.array(publicKey),
  /** Ed25519 JWK; signs tokens on this machine when there is no control center. */
  privateKey: publicKey.extend({ d: z.string().min(1) }),
  reserveBytes: z.number().int().nonnegative().nullable(),
  quotaBytes: z.number().int().positive().nullable(),
});
export type NodeState = z.infer<typeof nodeState>;

function statePath(dataDir: string): string {
  return join(dataDir, 'node.json');
}

/** Null when the folder was never enrolled. */
export async function readNodeState(dataDir: string): Promise<NodeState | null> {
  const path = statePath(dataDir);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Failure('path-unreadable', `${path} cannot be read: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Failure('invalid-request', `${path} is not JSON; restore it or enrol this node again.`, {
      cause: error,
    });
  }
  const parsed = nodeState.safeParse(json);
  if (!parsed.success) {
    const field = parsed.error.issues[0];
    throw new Failure(
      'invalid-request',
      `${path} is not a node's state: ${field?.path.join('.')}: ${field?.message}.`,
    );
  }
  return parsed.data;
}

export async function requireNodeState(dataDir: string): Promise<NodeState> {
  const state = await readNodeState(dataDir);
  if (state !== null) return state;
  throw new Failure('not-found', `${dataDir} holds no enrolled node. Run "breakwater-node enroll" first.`);
}

export async function writeNodeState(dataDir: string, state: NodeState): Promise<void> {
  await writeFileAtomically(statePath(dataDir), `${JSON.stringify(state, null, 2)}\n`);
}

const lastAddress = z.object({ url: z.url() });

/** Where the running node can be reached, remembered for `access-token` when the port was chosen by the system. */
export async function rememberAddress(dataDir: string, url: string): Promise<void> {
  await writeFileAtomically(join(dataDir, 'last-address.json'), `${JSON.stringify({ url })}\n`);
}

export async function lastKnownAddress(dataDir: string): Promise<string | null> {
  try {
    return lastAddress.parse(JSON.parse(await readFile(join(dataDir, 'last-address.json'), 'utf8'))).url;
  } catch {
    return null;
  }
}
