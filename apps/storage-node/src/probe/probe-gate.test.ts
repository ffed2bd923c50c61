import { describe, expect, it } from 'vitest';
import { ProbeGate } from './probe-gate.ts';

function gateAt(share = 0.05) {
  let now = 1000;
  const gate = new ProbeGate(share, () => now);
  return {
    pass: (ms: number) => {
      now += ms;
    },
    enter: (isLoaded = false) => gate.enter(isLoaded),
    /** A probe of so many ms; whether it was admitted. */
    probe: (ms: number) => {
      const admission = gate.enter();
      if (admission.kind === 'refused') return false;
      now += ms;
      admission.leave();
      return true;
    },
  };
}

describe('ProbeGate', () => {
  it('serves one probe at a time', () => {
    const gate = gateAt();
    const first = gate.enter();
    expect(first.kind).toBe('admitted');
    expect(gate.enter()).toMatchObject({ kind: 'refused', retryAfterSeconds: 4 });
    if (first.kind === 'admitted') first.leave();
    expect(gate.enter().kind).toBe('admitted');
  });

  it('puts probes off while files are on their way, but not for ever', () => {
    const gate = gateAt();
    expect(gate.probe(500)).toBe(true);
    gate.pass(5000);
    expect(gate.enter(true)).toMatchObject({ kind: 'refused', retryAfterSeconds: 15 });
    expect(gate.probe(500)).toBe(true);
    gate.pass(60_000);
    expect(gate.enter(true).kind).toBe('admitted');
  });

  it('lets a new agent take its first five samples', () => {
    const gate = gateAt();
    expect([1, 2, 3, 4, 5].map(() => gate.probe(550))).toEqual([true, true, true, true, true]);
  });

  it('spends no more than its share over time, however often it is asked', () => {
    const gate = gateAt();
    let probing = 0;
    const seconds = 3600;
    for (let second = 0; second < seconds; second += 1) {
      if (gate.probe(600)) {
        probing += 0.6;
        gate.pass(400);
      } else gate.pass(1000);
    }
    expect(probing / seconds).toBeLessThan(0.052);
    expect(probing / seconds).toBeGreaterThan(0.045);
  });

  it('says when to come back, and keeps its word', () => {
    const gate = gateAt();
    while (gate.probe(1500));
    const refused = gate.enter();
    if (refused.kind !== 'refused') throw new Error('expected a refusal');
    expect(refused.retryAfterSeconds).toBeGreaterThan(0);
    gate.pass(refused.retryAfterSeconds * 1000);
    expect(gate.enter().kind).toBe('admitted');
  });

  it('does not count a leaving twice', () => {
    const gate = gateAt();
    const first = gate.enter();
    if (first.kind !== 'admitted') throw new Error('expected to be admitted');
    gate.pass(1000);
    first.leave();
    const second = gate.enter();
    first.leave();
    expect(second.kind).toBe('admitted');
    expect(gate.enter().kind).toBe('refused');
  });
});
