import type { Overview } from '@breakwater/contract/resources';
import type { Tone } from '../primitives/tone.ts';

export type OverviewServer = Overview['servers'][number];
export type ProtectionState = OverviewServer['state'];

/** What is worst, as a fact that a sentence can be made of. */
export type Worst =
  /** One server, and how many of its planned backups did not happen. */
  | { type: 'missed'; server: string; backups: number }
  /** The servers that are worst, first those that are shown first, at most two by name. */
  | { type: 'servers'; state: Exclude<ProtectionState, 'ok'>; names: string[]; count: number };

/** The Overview in one sentence: how many of how many are protected, and what is worst. */
export type Hero =
  | { type: 'no-servers' }
  | { type: 'all-well'; servers: number }
  | { type: 'trouble'; tone: Tone; protected: number; servers: number; worst: Worst };

/** Worst first. `unprotected` comes before `attention`: a server without any backup is lost when it is lost. */
export const protectionOrder: readonly ProtectionState[] = [
  'failing',
  'unprotected',
  'attention',
  'unknown',
  'ok',
];

export const protectionTone: Record<ProtectionState, Tone> = {
  failing: 'bad',
  unprotected: 'bad',
  attention: 'warn',
  unknown: 'idle',
  ok: 'ok',
};

const NAMED = 2;

export function heroOf(servers: readonly OverviewServer[]): Hero {
  if (servers.length === 0) return { type: 'no-servers' };
  const state = protectionOrder.find((candidate) => servers.some((server) => server.state === candidate));
  if (state === undefined || state === 'ok') return { type: 'all-well', servers: servers.length };
  const worst = servers.filter((server) => server.state === state);
  const [first] = worst;
  return {
    type: 'trouble',
    tone: protectionTone[state],
    // What needs a look has its backups: it counts as protected.
    protected: servers.filter((server) => server.state === 'ok' || server.state === 'attention').length,
    servers: servers.length,
    worst:
      worst.length === 1 && first !== undefined && first.missed > 0
        ? { type: 'missed', server: first.address, backups: first.missed }
        : {
            type: 'servers',
            state,
            names: worst
              .slice(0, worst.length > NAMED + 1 ? NAMED : NAMED + 1)
              .map((server) => server.address),
            count: worst.length,
          },
  };
}

/** The server's order, worst state first, and within a state as the server gave it. */
export function worstFirst(servers: readonly OverviewServer[]): OverviewServer[] {
  return [...servers].sort((a, b) => protectionOrder.indexOf(a.state) - protectionOrder.indexOf(b.state));
}

/** Whether there is something to restore, be it incomplete. */
export function hasBackup(server: Pick<OverviewServer, 'lastSuccessAt' | 'days'>): boolean {
  return server.lastSuccessAt !== null || server.days.some(({ state }) => state === 'partial');
}
