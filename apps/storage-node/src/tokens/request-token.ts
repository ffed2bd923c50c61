import { Failure } from '@breakwater/domain/failure';

/**
 * The token of a request: `Bearer TOKEN`, or `Basic` with the token as the password and any user name, which is
 * what stock restic sends for `rest:https://any:TOKEN@host/`.
 */
export function tokenOfRequest(authorization: string | undefined): string {
  const [scheme, value] = authorization?.split(' ', 2) ?? [];
  if (value !== undefined && scheme?.toLowerCase() === 'bearer') return value;
  if (value !== undefined && scheme?.toLowerCase() === 'basic') {
    const pair = Buffer.from(value, 'base64').toString('utf8');
    const colon = pair.indexOf(':');
    if (colon >= 0 && colon < pair.length - 1) return pair.slice(colon + 1);
  }
  throw new Failure('unauthenticated', 'A storage token is needed: as a Bearer token or as the password.');
}
