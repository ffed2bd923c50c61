import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type NodeLoad, predictFinish } from './predict-finish.ts';

const load = (more: Partial<NodeLoad>): NodeLoad => ({
  transfers: 0,
  bytesAhead: 0,
  bytesPromised: 0,
  linkBytesPerSecond: null,
  ...more,
});

describe('predictFinish', () => {
  it.each<[string, number | null, number | null, NodeLoad | undefined, number | null, number | null]>([
    ['alone', 10, 100, undefined, 10, 10],
    ['never measured', null, 100, undefined, null, null],
    ['nothing comes through', 0, 100, undefined, null, 0],
    ['nothing to send', 10, 0, load({ transfers: 1, bytesAhead: 0 }), 0, 5],
    ['a lack that is unknown, shared by two', 10, null, load({ transfers: 1, bytesAhead: null }), null, 5],
    [
      'the same, on a link that carries four',
      10,
      null,
      load({ transfers: 1, linkBytesPerSecond: 40 }),
      null,
      10,
    ],
    ['an equal share with one that sends as much', 10, 100, load({ transfers: 1, bytesAhead: 100 }), 20, 5],
    ['one that is soon done', 10, 100, load({ transfers: 1, bytesAhead: 20 }), 12, 100 / 12],
    ['one of unknown length', 10, 100, load({ transfers: 1, bytesAhead: null }), 20, 5],
    // The server's own line is the narrow part: the node's has room for both.
    ['a wide link', 10, 100, load({ transfers: 1, bytesAhead: 100, linkBytesPerSecond: 40 }), 10, 10],
    // Two others fill the node's link of 40: 300 bytes over it take 7.5 s, less than this server's line needs.
    [
      'a wide link with room',
      10,
      100,
      load({ transfers: 2, bytesAhead: 200, linkBytesPerSecond: 40 }),
      10,
      10,
    ],
    [
      'a wide link without',
      10,
      100,
      load({ transfers: 5, bytesAhead: 500, linkBytesPerSecond: 40 }),
      15,
      100 / 15,
    ],
  ])('%s', (_title, bytesPerSecond, bytesToSend, shared, finishSeconds, expectedBytesPerSecond) => {
    expect(predictFinish({ bytesPerSecond, bytesToSend }, shared)).toEqual({
      finishSeconds,
      expectedBytesPerSecond,
    });
  });

  it('is never sooner than alone, nor later than all one after the other, and grows with what is ahead', () => {
    const count = fc.integer({ min: 1, max: 1e9 });
    fc.assert(
      fc.property(count, count, fc.nat(1e9), fc.nat(1e9), (speed, bytes, ahead, link) => {
        const at = (bytesAhead: number) =>
          predictFinish(
            { bytesPerSecond: speed, bytesToSend: bytes },
            load({ transfers: 1, bytesAhead, linkBytesPerSecond: link }),
          ).finishSeconds ?? Number.NaN;
        expect(at(ahead)).toBeGreaterThanOrEqual(bytes / speed);
        expect(at(ahead)).toBeLessThanOrEqual(((bytes + ahead) / speed) * (1 + 1e-9));
        expect(at(ahead + 1000)).toBeGreaterThanOrEqual(at(ahead));
      }),
    );
  });
});
