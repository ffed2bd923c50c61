import type { RunNode } from '@breakwater/contract/agent-run';
import { Failure } from '@breakwater/domain/failure';
import { createLogger } from '@breakwater/process/logger';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RunNodes } from './run-nodes.ts';

const logger = createLogger('test', 'silent');
const token = (iat: number, exp: number, mark: string) =>
  `x.${Buffer.from(JSON.stringify({ iat, exp, mark })).toString('base64url')}.x`;
const nodeWith = (value: string): RunNode => ({
  nodeId: 'n',
  nodeName: 'n',
  url: 'http://n',
  token: value,
  refusal: null,
  freeBytes: null,
  bytesToSend: null,
  hasCopy: true,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('RunNodes', () => {
  it('renews at half of the life that the tokens have by their own claims', async () => {
    const fresh = nodeWith(token(5000, 9000, 'fresh'));
    const request = vi.fn(async () => ({ nodes: [fresh] }));
    // Claims of a machine whose clock is far off: only their difference may count.
    const nodes = new RunNodes('run', [nodeWith(token(9_000_000, 9_001_000, 'old'))], link(request), logger);
    await vi.advanceTimersByTimeAsync(499_000);
    expect(request).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(2000);
    expect(request).toHaveBeenCalledTimes(1);
    expect(nodes.token('n')).toBe(fresh.token);
    await vi.advanceTimersByTimeAsync(2_001_000);
    expect(request).toHaveBeenCalledTimes(2);
    nodes.close();
    await vi.advanceTimersByTimeAsync(10_000_000);
    expect(request).toHaveBeenCalledTimes(2);
  });

  it('keeps what it has and asks again every minute while the control center is away', async () => {
    const away = new Failure('unavailable', 'away', { retryable: true });
    const request = vi.fn(async () => {
      throw away;
    });
    const nodes = new RunNodes('run', [nodeWith(token(0, 1000, 'old'))], link(request), logger);
    await vi.advanceTimersByTimeAsync(500_000 + 3 * 60_000);
    expect(request).toHaveBeenCalledTimes(4);
    expect(nodes.token('n')).toBe(token(0, 1000, 'old'));
    nodes.close();
  });

  it('takes a token that says nothing to live as long as run tokens do', async () => {
    const request = vi.fn(async () => ({ nodes: [] }));
    const nodes = new RunNodes('run', [nodeWith('opaque')], link(request), logger);
    await vi.advanceTimersByTimeAsync(6 * 3_600_000 - 1000);
    expect(request).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1000);
    expect(request).toHaveBeenCalledTimes(1);
    nodes.close();
  });
});

function link(request: (...args: unknown[]) => Promise<unknown>) {
  return { connected: true, request } as unknown as ConstructorParameters<typeof RunNodes>[2];
}
