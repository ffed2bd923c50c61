import type { Center } from '../center.ts';
import type { Links } from '../links/links.ts';
import { type BandwidthNow, bandwidthNow, bandwidthOf } from './bandwidth-now.ts';

/** After one that was not taken, the next try. */
const RETRY_MS = 5000;

export type PeerKind = 'agent' | 'node';

export interface BandwidthDesk {
  /** It has connected here, and may remember limits from before. */
  joined(kind: PeerKind, id: string): void;
  left(kind: PeerKind, id: string): void;
  /** Tells those connected here what has changed since they were told last. Does not wait for their answers. */
  push(): Promise<void>;
}

interface Peer {
  kind: PeerKind;
  id: string;
  /** What it was told last; null: it has to be told whatever it is. */
  told: string | null;
  retryAt: number;
}

/** Keeps the peers of this instance told of the limits on their bandwidth, whoever changes them and wherever. */
export function createBandwidthDesk(
  center: Center,
  call: Pick<Links, 'callAgent' | 'callNode'>,
): BandwidthDesk {
  const peers = new Map<string, Peer>();
  const keyOf = (kind: PeerKind, id: string): string => `${kind} ${id}`;
  let pushing: Promise<void> | null = null;
  let again = false;

  const tell = async (peer: Peer, now: BandwidthNow): Promise<void> => {
    const sentAt = center.now();
    const { kind, id } = peer;
    const message = kind === 'agent' ? bandwidthOf(id, now) : { limit: now.nodes.get(id) ?? null };
    const text = JSON.stringify(message);
    if (peer.told === text || sentAt < peer.retryAt) return;
    peer.told = text;
    try {
      if ('limit' in message) await call.callNode(id, 'bandwidth', { ...message, sentAt });
      else await call.callAgent(id, 'bandwidth', { ...message, sentAt });
    } catch (error) {
      center.logger.info({ err: error, [kind]: id }, 'limits on bandwidth were not taken yet');
      if (peer.told === text) peer.told = null;
      peer.retryAt = center.now() + RETRY_MS;
    }
  };

  const pushOnce = async (): Promise<void> => {
    if (peers.size === 0) return;
    const now = await bandwidthNow(center);
    for (const peer of peers.values()) void tell(peer, now);
  };

  return {
    joined(kind, id) {
      peers.set(keyOf(kind, id), { kind, id, told: null, retryAt: 0 });
    },
    left(kind, id) {
      peers.delete(keyOf(kind, id));
    },
    async push() {
      if (pushing !== null) {
        // What was changed meanwhile may not be in what is being read.
        again = true;
        return pushing;
      }
      pushing = (async () => {
        do {
          again = false;
          await pushOnce();
        } while (again);
      })();
      try {
        await pushing;
      } finally {
        pushing = null;
      }
    },
  };
}
