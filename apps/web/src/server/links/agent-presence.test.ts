import type { Heartbeat } from '@breakwater/contract/agent-messages';
import { describe, expect, it } from 'vitest';
import { AgentPresence } from './agent-presence.ts';

const AGENT = '0192f0c0-0000-7000-8000-000000000001';
const RUN = '0192f0c0-0000-7000-8000-000000000002';
const beat = (more: Partial<Heartbeat> = {}): Heartbeat => ({
  state: 'idle',
  runs: [],
  version: '0.1.0',
  sentAt: 1000,
  clockOffsetMs: 0,
  platform: 'linux',
  ...more,
});

describe('AgentPresence', () => {
  it('announces the first heartbeat, a change, and the end of the window once each', () => {
    const presence = new AgentPresence(15_000);
    presence.connected(AGENT, 0);
    expect(presence.heard(AGENT, beat(), 0)).toMatchObject({ announce: 'idle', returned: true });
    expect(presence.heard(AGENT, beat(), 5000)).toEqual({ announce: null, returned: false, save: true });
    expect(presence.heard(AGENT, beat({ state: 'busy' }), 6000).announce).toBe('busy');
    expect(presence.expire(21_000)).toEqual([]);
    expect(presence.expire(21_001)).toEqual([AGENT]);
    expect(presence.expire(30_000)).toEqual([]);
    expect(presence.heard(AGENT, beat(), 31_000)).toMatchObject({ announce: 'idle', returned: true });
  });

  it('saves not more often than every 4 s, but a change at once', () => {
    const presence = new AgentPresence(15_000);
    presence.heard(AGENT, beat(), 10_000);
    expect(presence.heard(AGENT, beat(), 11_000).save).toBe(false);
    expect(presence.heard(AGENT, beat({ state: 'busy' }), 11_500).save).toBe(true);
    expect(presence.heard(AGENT, beat({ state: 'busy' }), 15_500).save).toBe(true);
  });

  it('tells the clock offset of a first heartbeat from when it was sent', () => {
    const presence = new AgentPresence(15_000);
    presence.heard(AGENT, beat({ sentAt: 400_000, clockOffsetMs: null }), 10_000);
    expect(presence.get(AGENT)?.clockOffsetMs).toBe(390_000);
  });

  it('remembers when a run was last listed', () => {
    const presence = new AgentPresence(15_000);
    presence.heard(AGENT, beat({ runs: [{ runId: RUN, attempt: 1 }] }), 1000);
    presence.heard(AGENT, beat(), 6000);
    expect(presence.get(AGENT)?.listedAt.get(RUN)).toBe(1000);
  });

  it('forgets who is away, but not who is connected and silent', () => {
    const presence = new AgentPresence(15_000);
    presence.connected(AGENT, 0);
    presence.heard(AGENT, beat(), 0);
    presence.expire(20_000);
    expect(presence.get(AGENT)).not.toBeNull();
    presence.disconnected(AGENT);
    presence.expire(20_000);
    expect(presence.get(AGENT)).toBeNull();
  });

  it('keeps an agent known from before a restart until its window ends', () => {
    const presence = new AgentPresence(15_000);
    presence.remember(AGENT, { lastHeartbeatAt: 10_000, busy: true, clockOffsetMs: 5 });
    expect(presence.expire(20_000)).toEqual([]);
    expect(presence.expire(25_001)).toEqual([AGENT]);
  });
});
