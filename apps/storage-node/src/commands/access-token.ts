import { repositoryId } from '@breakwater/contract/ids';
import { verb, verbs } from '@breakwater/contract/storage-token';
import { Failure } from '@breakwater/domain/failure';
import { z } from 'zod';
import { lastKnownAddress, type NodeState, requireNodeState } from '../state/node-state.ts';
import { resticAddress, signAccessToken } from '../tokens/access-token.ts';
import { parseOptions } from './parse-options.ts';

const MAX_EXPIRY_SECONDS = 30 * 86_400;
const grantable = verbs.filter((name) => name !== 'probe').join(', ');

const accessTokenOptions = z.object({
  data: z.string().min(1, 'expected a folder'),
  repository: repositoryId,
  verbs: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .pipe(z.array(verb.exclude(['probe']), { error: `expected some of ${grantable}` }))
    .refine((names) => names.length > 0, `expected some of ${grantable}`),
  expires: z.coerce
    .number('expected seconds')
    .int('expected whole seconds')
    .min(60, 'expected at least 60 seconds')
    .max(MAX_EXPIRY_SECONDS, `expected at most ${MAX_EXPIRY_SECONDS} seconds (30 days)`)
    .default(86_400),
});

export interface AccessToken {
  token: string;
  /** Stock restic's command line that uses it. */
  command: string;
  expiresAt: Date;
}

/** A token for stock restic, signed on this machine without the control center. */
export async function accessToken(given: unknown, now = Date.now()): Promise<AccessToken> {
  const options = parseOptions(accessTokenOptions, given);
  const state = await requireNodeState(options.data);
  const url = await nodeAddress(state, options.data);
  const token = await signAccessToken(state, {
    repository: options.repository,
    verbs: options.verbs,
    expiresInSeconds: options.expires,
    now,
  });
  // Without the right to write a lock restic would stop before it reads anything.
  const noLock = options.verbs.includes('lock') ? '' : ' --no-lock';
  return {
    token,
    command: `restic -r ${resticAddress(url, options.repository, token)}${noLock} snapshots`,
    expiresAt: new Date(now + options.expires * 1000),
  };
}

async function nodeAddress(state: NodeState, dataDir: string): Promise<string> {
  if (new URL(state.publicUrl).port !== '0') return state.publicUrl;
  const last = await lastKnownAddress(dataDir);
  if (last !== null) return last;
  throw new Failure(
    'not-found',
    'This node takes any free port, and has not run yet: start it once, then its address is known.',
  );
}
