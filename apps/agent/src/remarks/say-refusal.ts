import type { Remark } from '@breakwater/contract/remark';
import { quote, say } from './say.ts';

const known = {
  offline: 'node-is-offline',
  full: 'node-is-full',
  draining: 'node-is-draining',
  'over quota': 'node-over-quota',
  'room promised to others': 'node-room-promised',
  'speed unknown': 'node-speed-unknown',
  'no data comes through': 'node-no-data',
  'another node is pinned': 'node-not-pinned',
  'holds no copy': 'node-without-copy',
  'has no copy yet, and the control center, which makes one, is away': 'node-copy-not-made',
} as const;

/** Why a node is not taken, from the words of a ranking or of the control center. */
export function sayRefusal(reason: string): Remark {
  if (isKnown(reason)) return say(known[reason], {});
  const health = /^unhealthy: (.*)$/s.exec(reason)?.[1];
  return health === undefined ? quote(reason) : say('node-unhealthy', { detail: health });
}

function isKnown(reason: string): reason is keyof typeof known {
  return Object.hasOwn(known, reason);
}
