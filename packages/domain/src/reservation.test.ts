import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate } from './placement.ts';
import { nodeLoad, type Reservation, reserve } from './reservation.ts';

const idle = { transfersInFlight: 0, linkBytesPerSecond: null };
const options = { strategy: 'finish-first', pinnedNodeId: null } as const;

describe('nodeLoad', () => {
  it.each<[string, number | null, Reservation[], number, object]>([
    ['an idle node', 100, [], 0, { transfers: 0, bytesAhead: 0, bytesPromised: 0 }],
    [
      'backups on their way: of a longer one as much as this one has goes first, of a shorter one all',
      100,
      [
        { nodeId: 'a', bytes: 30 },
        { nodeId: 'a', bytes: 5000 },
        { nodeId: 'b', bytes: 7 },
      ],
      0,
      { transfers: 2, bytesAhead: 130, bytesPromised: 5030 },
    ],
    [
      'one of unknown size counts as this one',
      100,
      [{ nodeId: 'a', bytes: null }],
      1,
      { transfers: 1, bytesAhead: 100, bytesPromised: 0 },
    ],
    [
      'transfers that nobody announced',
      100,
      [{ nodeId: 'a', bytes: 30 }],
      3,
      { transfers: 3, bytesAhead: 230 },
    ],
    [
      'a size of its own that is unknown',
      null,
      [{ nodeId: 'a', bytes: 30 }],
      0,
      { transfers: 1, bytesAhead: null, bytesPromised: 30 },
    ],
  ])('%s', (_title, bytes, reservations, transfersInFlight, expected) => {
    expect(nodeLoad('a', bytes, reservations, { ...idle, transfersInFlight })).toMatchObject(expected);
  });
});

describe('reserve', () => {
  const at = (nodeId: string, more: Partial<Candidate>): Candidate => ({
    nodeId,
    nodeName: nodeId,
    bytesPerSecond: 100,
    bytesToSend: 1000,
    freeBytes: null,
    refusal: null,
    ...more,
  });

  it('names the node that the ranking chooses, and what goes there', () => {
    const nodes = [at('a', { bytesToSend: 5000 }), at('b', { bytesToSend: 700 })];
    expect(reserve(nodes, options)).toEqual({ nodeId: 'b', bytes: 700 });
    expect(reserve([at('a', { refusal: 'offline' })], options)).toBeNull();
  });

  it('starts in one instant spread over the nodes: the slowest is at most 1.3 × as late as it has to be', () => {
    const speed = fc.integer({ min: 20, max: 200 });
    const size = fc.integer({ min: 200, max: 2000 });
    fc.assert(
      fc.property(
        fc.array(speed, { minLength: 10, maxLength: 10 }),
        fc.array(size, { minLength: 200, maxLength: 200 }),
        (speeds, sizes) => {
          const reservations: Reservation[] = [];
          for (const bytes of sizes) {
            const nodes = speeds.map((bytesPerSecond, n) => {
              const report = { transfersInFlight: 0, linkBytesPerSecond: bytesPerSecond };
              const load = nodeLoad(`n${n}`, bytes, reservations, report);
              return at(`n${n}`, { bytesPerSecond, bytesToSend: bytes, load });
            });
            const reserved = reserve(nodes, options);
            if (reserved !== null) reservations.push(reserved);
          }
          const ends = speeds.map((perSecond, n) => {
            const here = reservations.filter((one) => one.nodeId === `n${n}`);
            return here.reduce((sum, one) => sum + (one.bytes ?? 0), 0) / perSecond;
          });
          const sum = (of: readonly number[]) => of.reduce((total, one) => total + one, 0);
          // No assignment ends sooner than all links filled to the end.
          expect(Math.max(...ends)).toBeLessThanOrEqual((1.3 * sum(sizes)) / sum(speeds));
        },
      ),
      { numRuns: 25 },
    );
  });
});
