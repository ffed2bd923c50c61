import { CLIENT_ADDRESS_HEADER } from '../auth/auth.ts';

/**
 * Whether a request comes from this very machine. One that a proxy on it has passed on does not, whether the proxy is
 * trusted to say where it is from or not.
 */
export function isLoopback(request: Request): boolean {
  const { headers } = request;
  const forwarded = ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'];
  if (forwarded.some((name) => headers.has(name))) return false;
  const address = headers.get(CLIENT_ADDRESS_HEADER) ?? '';
  return address === '::1' || /^(::ffff:)?127\.\d+\.\d+\.\d+$/.test(address);
}
