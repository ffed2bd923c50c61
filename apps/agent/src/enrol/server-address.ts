import { Failure } from '@breakwater/domain/failure';

/** Whether what is sent to this URL never leaves the machine. */
export function isLoopback(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
  );
}

/**
 * The control center's address without a trailing slash. Throws `invalid-request` for what is no http(s) URL, and
 * for plain http to another machine unless that was allowed.
 */
export function parseServerAddress(given: string, insecureHttp: boolean): string {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new Failure(
      'invalid-request',
      `--server is "${given}": expected an address such as https://backup.example.org.`,
    );
  }
  if (url.protocol === 'http:' && !isLoopback(url) && !insecureHttp) {
    throw new Failure(
      'invalid-request',
      `--server is "${given}": over plain http the credential and the passwords would travel in the clear. Use https, or add --insecure-http if this network is trusted.`,
    );
  }
  return url.href.replace(/\/+$/, '');
}
