import type { Seeded } from './seeded.ts';

/** How the rates of links behave. */
export type Weather = 'steady' | 'stepping' | 'daily' | 'flapping';
export const weathers: readonly Weather[] = ['steady', 'stepping', 'daily', 'flapping'];

const SLOT_SECONDS = 300;
const DAY = 86_400;

/** The way from one agent to one node: bytes a second, constant within slots of five minutes. */
export class Link {
  readonly #slots: Float64Array;

  constructor(slots: Float64Array) {
    this.#slots = slots;
  }

  rate(second: number): number {
    const slot = Math.min(this.#slots.length - 1, Math.max(0, Math.floor(second / SLOT_SECONDS)));
    return this.#slots[slot] ?? 0;
  }

  /** Seconds that so many bytes take from then on. */
  secondsFor(bytes: number, from: number): number {
    let left = bytes;
    let at = from;
    for (;;) {
      const rate = this.rate(at);
      const slotEnds = (Math.floor(at / SLOT_SECONDS) + 1) * SLOT_SECONDS;
      const within = (slotEnds - at) * rate;
      if (within >= left || at > this.#slots.length * SLOT_SECONDS) return at + left / rate - from;
      left -= within;
      at = slotEnds;
    }
  }
}

/** A link whose rate is `base` bytes a second at its best (stepping: at first), over so many days. */
export function makeLink(weather: Weather, base: number, days: number, random: Seeded): Link {
  const slots = new Float64Array((days * DAY) / SLOT_SECONDS);
  const rateAt = weatherOf(weather, base, random);
  for (let slot = 0; slot < slots.length; slot += 1) slots[slot] = rateAt(slot * SLOT_SECONDS);
  return new Link(slots);
}

/** The rate at ever later times. */
function weatherOf(weather: Weather, base: number, random: Seeded): (second: number) => number {
  if (weather === 'steady') return () => base;
  if (weather === 'daily') {
    // Others use the line by day: at the worst hour this part of it is left.
    const left = random.between(0.15, 0.8);
    const worstHour = random.between(0, 24);
    return (second) => {
      const phase = Math.cos(((second / 3600 - worstHour) / 24) * 2 * Math.PI);
      return base * (1 - (1 - left) * ((1 + phase) / 2));
    };
  }
  if (weather === 'stepping') {
    // Another route, another contract: every few days a rate that has nothing to do with the one before.
    let rate = base;
    let until = random.exponential(5 * DAY);
    return (second) => {
      while (second >= until) {
        until += random.exponential(5 * DAY);
        rate = base * random.logBetween(1 / 6, 2);
      }
      return rate;
    };
  }
  // Up for some hours, then nearly gone for about one.
  let isUp = true;
  let until = random.exponential(8 * 3600);
  return (second) => {
    while (second >= until) {
      isUp = !isUp;
      until += random.exponential((isUp ? 8 : 1) * 3600);
    }
    return isUp ? base : base / 20;
  };
}
