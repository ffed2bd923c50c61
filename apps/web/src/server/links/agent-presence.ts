import type { Heartbeat } from '@breakwater/contract/agent-messages';

export type AgentState = 'idle' | 'busy' | 'offline';

export interface Presence {
  /** A socket of this agent is open on this instance, since then. */
  connectedSince: number | null;
  /** Epoch ms, by our clock. */
  lastHeartbeatAt: number | null;
  busy: boolean;
  clockOffsetMs: number | null;
  /** When each run was last listed in a heartbeat. */
  listedAt: ReadonlyMap<string, number>;
}

interface Entry extends Presence {
  connectedSince: number | null;
  lastHeartbeatAt: number | null;
  listedAt: Map<string, number>;
  announced: AgentState;
  savedAt: number;
}

/** What a heartbeat means to others. */
export interface Heard {
  /** The state to announce; null when it is what was announced last. */
  announce: AgentState | null;
  /** The first one since the agent was away: runs that wait for it can go. */
  returned: boolean;
  /** It is time to write the heartbeat down. */
  save: boolean;
}

/** Heartbeats are written to the database not more often than this, unless the agent turned busy or idle. */
const SAVE_EVERY_MS = 4000;

/**
 * Who is there, as far as this instance heard. The database has the same a few seconds later, for other instances
 * and for a restart.
 */
export class AgentPresence {
  readonly #windowMs: number;
  readonly #entries = new Map<string, Entry>();

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  connected(agentId: string, at: number): void {
    this.#entry(agentId).connectedSince = at;
  }

  disconnected(agentId: string): void {
    const entry = this.#entries.get(agentId);
    if (entry !== undefined) entry.connectedSince = null;
  }

  heard(agentId: string, beat: Heartbeat, at: number): Heard {
    const entry = this.#entry(agentId);
    const busy = beat.state === 'busy';
    const save = at - entry.savedAt >= SAVE_EVERY_MS || busy !== entry.busy;
    const returned = entry.announced === 'offline';
    const announce = entry.announced === beat.state ? null : beat.state;
    entry.lastHeartbeatAt = at;
    entry.busy = busy;
    // The agent corrects for the way there and back; its first heartbeat has to do without.
    entry.clockOffsetMs = beat.clockOffsetMs ?? beat.sentAt - at;
    entry.announced = beat.state;
    if (save) entry.savedAt = at;
    // Only runs in hand matter: forgetting the others bounds the map.
    for (const runId of entry.listedAt.keys()) {
      if (at - (entry.listedAt.get(runId) ?? 0) > 60 * 60_000) entry.listedAt.delete(runId);
    }
    for (const { runId } of beat.runs) entry.listedAt.set(runId, at);
    return { announce, returned, save };
  }

  /** What the database knows of an agent that may come back: it counts as announced until its window is over. */
  remember(
    agentId: string,
    known: { lastHeartbeatAt: number; busy: boolean; clockOffsetMs: number | null },
  ): void {
    const entry = this.#entry(agentId);
    if ((entry.lastHeartbeatAt ?? 0) >= known.lastHeartbeatAt) return;
    entry.lastHeartbeatAt = known.lastHeartbeatAt;
    entry.busy = known.busy;
    entry.clockOffsetMs = known.clockOffsetMs;
    entry.announced = known.busy ? 'busy' : 'idle';
  }

  /** Agents whose window has just ended: each is named once. They are forgotten here unless still connected. */
  expire(now: number): string[] {
    const gone: string[] = [];
    for (const [agentId, entry] of this.#entries) {
      const silent = entry.lastHeartbeatAt === null || now - entry.lastHeartbeatAt > this.#windowMs;
      if (!silent) continue;
      if (entry.announced !== 'offline') {
        entry.announced = 'offline';
        gone.push(agentId);
      }
      if (entry.connectedSince === null) this.#entries.delete(agentId);
    }
    return gone;
  }

  get(agentId: string): Presence | null {
    return this.#entries.get(agentId) ?? null;
  }

  forget(agentId: string): void {
    this.#entries.delete(agentId);
  }

  #entry(agentId: string): Entry {
    let entry = this.#entries.get(agentId);
    if (entry === undefined) {
      entry = {
        connectedSince: null,
        lastHeartbeatAt: null,
        busy: false,
        clockOffsetMs: null,
        listedAt: new Map(),
        announced: 'offline',
        savedAt: Number.NEGATIVE_INFINITY,
      };
      this.#entries.set(agentId, entry);
    }
    return entry;
  }
}
