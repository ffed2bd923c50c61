import { z } from 'zod';

/** `HOST:PORT` or `[IPv6]:PORT` on a command line. */
export const listenAddress = z
  .string()
  .regex(/^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+):\d{1,5}$/, 'expected HOST:PORT, such as 0.0.0.0:8400')
  .refine((text) => Number(text.slice(text.lastIndexOf(':') + 1)) <= 65_535, 'expected a port up to 65535');

export function splitListenAddress(text: string): { host: string; port: number } {
  const colon = text.lastIndexOf(':');
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(text.slice(colon + 1)) };
}

/** Whether what is sent to this URL never leaves the machine. */
export function isLoopback(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '');
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d+){3}$/.test(host)
  );
}

/** The public URL without a trailing slash; a port of 0 becomes the one that was bound. */
export function reachableUrl(publicUrl: string, boundPort: number): string {
  const url = new URL(publicUrl);
  if (url.port === '0') url.port = String(boundPort);
  return url.href.replace(/\/+$/, '');
}
