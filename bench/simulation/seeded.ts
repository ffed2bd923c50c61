/** Numbers that look random and are the same in every run (mulberry32). */
export interface Seeded {
  /** In [0, 1). */
  next(): number;
  between(low: number, high: number): number;
  /** Its logarithm is evenly spread. */
  logBetween(low: number, high: number): number;
  /** Mean 0, deviation 1. */
  normal(): number;
  /** Waiting time with this mean. */
  exponential(mean: number): number;
}

export function seeded(seed: number): Seeded {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    next,
    between: (low, high) => low + next() * (high - low),
    logBetween: (low, high) => low * (high / low) ** next(),
    normal: () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next()),
    exponential: (mean) => -mean * Math.log(1 - next()),
  };
}
