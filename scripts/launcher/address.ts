const LOOPBACK = '127.0.0.1';

/** The URL that reaches on this machine what listens on `host` and `port`. */
export function localUrl(host: string, port: number): string {
  const reachable = isAny(host) ? LOOPBACK : host;
  return `http://${bracketed(reachable)}:${port}`;
}

/** The URL to tell people, who type a name more easily than a number. */
export function shownUrl(host: string, port: number): string {
  return `http://${isAny(host) || host === LOOPBACK ? 'localhost' : bracketed(host)}:${port}`;
}

/** Whether what goes to a listener on `host` stays on this machine. */
export function isLocal(host: string): boolean {
  return isAny(host) || host === 'localhost' || host.startsWith('127.') || host === '::1';
}

function isAny(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}
