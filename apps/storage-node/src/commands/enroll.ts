import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { resolve } from 'node:path';
import { nodeEnrolment, nodeEnrolmentAnswer } from '@breakwater/contract/enrolment';
import { problem } from '@breakwater/contract/failure-codes';
import { nodeName } from '@breakwater/contract/ids';
import { PROTOCOL_VERSION } from '@breakwater/contract/protocol-version';
import { asFailure, Failure } from '@breakwater/domain/failure';
import { z } from 'zod';
import { nodeVersion } from '../node-version.ts';
import { lockDataFolder } from '../state/data-folder-lock.ts';
import { isLoopback, listenAddress } from '../state/listen-address.ts';
import { type NodeState, readNodeState, writeNodeState } from '../state/node-state.ts';
import { generateSigningKey } from '../tokens/generate-signing-key.ts';
import { byteSize } from './byte-size.ts';
import { parseOptions } from './parse-options.ts';

const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http or https URL' });

export const enrollOptions = z.object({
  server: httpUrl,
  token: z.string().min(1, 'expected a join token'),
  name: nodeName,
  listen: listenAddress,
  publicUrl: httpUrl,
  data: z.string().min(1, 'expected a folder'),
  insecureHttp: z.boolean().default(false),
  reserve: byteSize.optional(),
  quota: byteSize.optional(),
});

const ENROLMENT_TIMEOUT_MS = 30_000;

/**
 * Makes this folder a node of a control center: a join token is spent, a key pair made, and what both sides
 * know of each other is written to `<data>/node.json`. Returns the new state.
 */
export async function enroll(given: unknown): Promise<NodeState> {
  const options = parseOptions(enrollOptions, given);
  assertEncrypted(options);
  const dataDir = resolve(options.data);
  await prepareFolder(dataDir);
  const lock = lockDataFolder(dataDir);
  try {
    const known = await readNodeState(dataDir);
    if (known !== null && known.credential !== null) {
      throw new Failure(
        'conflict',
        `${dataDir} is enrolled already, as "${known.name}" at ${known.server}. Use another --data, or remove its node.json to give that up.`,
      );
    }
    // Tokens name the node they are for, so none that a released node's old key signed is valid for the new id.
    const privateKey = await generateSigningKey();
    const { d: _secret, ...publicKey } = privateKey;
    const answer = await requestEnrolment(options.server, {
      protocolVersion: PROTOCOL_VERSION,
      token: options.token,
      name: options.name,
      url: options.publicUrl,
      version: nodeVersion,
      publicKey,
      insecureHttp: options.insecureHttp,
    });
    const state: NodeState = {
      version: 1,
      nodeId: answer.nodeId,
      name: answer.name,
      server: options.server,
      listen: options.listen,
      publicUrl: options.publicUrl,
      insecureHttp: options.insecureHttp,
      credential: answer.credential,
      signingKeys: answer.signingKeys,
      privateKey,
      reserveBytes: options.reserve ?? null,
      quotaBytes: options.quota ?? null,
    };
    await writeNodeState(dataDir, state);
    return state;
  } finally {
    lock.release();
  }
}

function assertEncrypted(options: z.output<typeof enrollOptions>): void {
  if (options.insecureHttp) return;
  for (const [flag, url] of [
    ['--server', options.server],
    ['--public-url', options.publicUrl],
  ] as const) {
    if (!url.startsWith('http:') || isLoopback(url)) continue;
    throw new Failure(
      'invalid-request',
      `${flag} is ${url}: plain http to another machine shows tokens to anyone on the way. Use https, or add --insecure-http to accept that.`,
    );
  }
}

async function prepareFolder(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await access(dataDir, constants.W_OK);
  } catch (error) {
    throw new Failure('path-unreadable', `--data is ${dataDir}: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}

async function requestEnrolment(server: string, body: z.input<typeof nodeEnrolment>) {
  const url = `${server.replace(/\/+$/, '')}/api/v1/enrol/storage-node`;
  let response: Response;
  let text: string;
  try {
    response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(nodeEnrolment.parse(body)),
      redirect: 'error',
      signal: AbortSignal.timeout(ENROLMENT_TIMEOUT_MS),
    });
    text = await response.text();
  } catch (error) {
    const cause = asFailure((error as Error).cause ?? error).message;
    throw new Failure('unavailable', `The control center at ${server} does not answer: ${cause}.`, {
      retryable: true,
      cause: error,
    });
  }
  const json = parseJson(text);
  if (response.ok) {
    const answer = nodeEnrolmentAnswer.safeParse(json);
    if (answer.success) return answer.data;
    throw new Failure('protocol-version', `${server} answered something else than a control center would.`);
  }
  const refusal = problem.safeParse(json);
  if (refusal.success) {
    const { code, title, detail } = refusal.data;
    throw new Failure(code, `The control center refused: ${detail ?? title}`);
  }
  throw new Failure('unavailable', `The control center at ${server} answered ${response.status}.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
