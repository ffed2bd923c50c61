import type { SpeedSample } from '@breakwater/contract/agent-messages';
import { Failure } from '@breakwater/domain/failure';
import { describe, expect, it } from 'vitest';
import { SpeedReports } from './speed-reports.ts';

const A = 'aaaaaaaa-0000-4000-8000-000000000001';
const B = 'bbbbbbbb-0000-4000-8000-000000000002';
const sample = (nodeId: string, bytesPerSecond: number): SpeedSample => ({
  nodeId,
  at: 1,
  kind: 'probe',
  bytesPerSecond,
  sma: bytesPerSecond,
  samples: 1,
});

function setUp() {
  const sent: [string, number][] = [];
  const state: { connected: boolean; failure: Failure | null } = { connected: false, failure: null };
  const link = {
    get connected() {
      return state.connected;
    },
    request: async (_event: string, body: unknown) => {
      const { nodeId, bytesPerSecond } = body as SpeedSample;
      sent.push([nodeId, bytesPerSecond]);
      if (state.failure !== null) throw state.failure;
      return {} as never;
    },
  };
  return { sent, state, reports: new SpeedReports(() => link) };
}
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('SpeedReports', () => {
  it('keeps the latest of each node while there is no connection', async () => {
    const { sent, state, reports } = setUp();
    reports.add(sample(A, 1));
    reports.add(sample(A, 2));
    reports.add(sample(B, 3));
    expect(sent).toEqual([]);
    state.connected = true;
    reports.connected();
    await settled();
    expect(sent).toEqual([
      [A, 2],
      [B, 3],
    ]);
    reports.connected();
    expect(sent).toHaveLength(2);
  });

  it('sends again what was not taken, but not what was refused for good', async () => {
    const { sent, state, reports } = setUp();
    state.connected = true;
    state.failure = new Failure('unavailable', 'not now', { retryable: true });
    reports.add(sample(A, 1));
    state.failure = new Failure('not-found', 'no such node');
    reports.add(sample(B, 2));
    await settled();
    state.failure = null;
    reports.connected();
    await settled();
    expect(sent).toEqual([
      [A, 1],
      [B, 2],
      [A, 1],
    ]);
  });
});
