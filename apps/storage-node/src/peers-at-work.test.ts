import { describe, expect, it } from 'vitest';
import { PeersAtWork } from './peers-at-work.ts';

describe('PeersAtWork', () => {
  it('counts who is at work, not files, and lets the silence between two packs pass', () => {
    let now = 0;
    const peers = new PeersAtWork(() => now);
    const ends = [peers.began('a'), peers.began('a'), peers.began('b')];
    expect(peers.count()).toBe(2);
    expect(peers.count('a')).toBe(1);
    expect(peers.count('c')).toBe(2);
    for (const ended of ends) ended();
    now = 5000;
    expect(peers.count()).toBe(2);
    const another = peers.began('a');
    now = 20_000;
    expect(peers.count()).toBe(1);
    another();
    now = 25_001;
    expect(peers.count()).toBe(0);
  });
});
