import { execFileSync } from 'node:child_process';

/** A network namespace joined to this machine by one rate-limited link. Needs root, `ip` and `tc`. */
export interface LimitedLink {
  namespace: string;
  /** This machine's end, as seen from inside. */
  hostAddress: string;
  /** The namespace's end, as seen from this machine. */
  address: string;
  /** Changes the rate towards the namespace while data flows. */
  setRate(megabitsPerSecond: number): void;
  remove(): void;
}

/** Why links cannot be made here, or null. */
export function whyNoLinks(): string | null {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const command of ['ip', 'tc']) {
    try {
      execFileSync(command, ['-V'], { stdio: 'ignore' });
    } catch {
      return `${command} is not installed (Debian: iproute2)`;
    }
  }
  return null;
}

/** Makes link number `n` (0–200) with the given rate from this machine into the namespace. */
export function makeLimitedLink(n: number, megabitsPerSecond: number): LimitedLink {
  const namespace = `breakwater-${n}`;
  const [outer, inner] = [`bwo${n}`, `bwi${n}`];
  const [hostAddress, address] = [`10.77.${n}.1`, `10.77.${n}.2`];
  const remove = () => {
    try {
      ip('netns', 'del', namespace);
    } catch {
      // It is not there: nothing to remove.
    }
  };
  remove();
  ip('netns', 'add', namespace);
  ip('link', 'add', outer, 'type', 'veth', 'peer', 'name', inner);
  ip('link', 'set', inner, 'netns', namespace);
  ip('addr', 'add', `${hostAddress}/24`, 'dev', outer);
  ip('link', 'set', outer, 'up');
  ip('-n', namespace, 'addr', 'add', `${address}/24`, 'dev', inner);
  ip('-n', namespace, 'link', 'set', inner, 'up');
  ip('-n', namespace, 'link', 'set', 'lo', 'up');
  const limit = (verb: 'add' | 'change', rate: number) =>
    tc(
      'qdisc',
      verb,
      'dev',
      outer,
      'root',
      'tbf',
      'rate',
      `${rate}mbit`,
      'burst',
      // Neither so small that the timer starves a fast link, nor a second's worth of a slow one.
      `${rate < 10 ? 16 : Math.max(128, Math.round(rate / 2))}kb`,
      'latency',
      // A slow line's modem holds some packets all the same.
      `${Math.max(50, Math.round(500 / rate))}ms`,
    );
  limit('add', megabitsPerSecond);
  return { namespace, hostAddress, address, setRate: (rate) => limit('change', rate), remove };
}

function ip(...args: string[]): void {
  execFileSync('ip', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

function tc(...args: string[]): void {
  execFileSync('tc', args, { stdio: ['ignore', 'ignore', 'pipe'] });
}
