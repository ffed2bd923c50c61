import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** On every answer; a page or file with a policy of its own replaces the content policy. */
export function setSecurityHeaders(outgoing: ServerResponse, secure: boolean): void {
  outgoing.setHeader('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  outgoing.setHeader('x-content-type-options', 'nosniff');
  outgoing.setHeader('x-frame-options', 'DENY');
  outgoing.setHeader('referrer-policy', 'same-origin');
  outgoing.setHeader('cross-origin-opener-policy', 'same-origin');
  outgoing.setHeader('cross-origin-resource-policy', 'same-origin');
  outgoing.setHeader('permissions-policy', 'camera=(), geolocation=(), microphone=(), payment=(), usb=()');
  if (secure) outgoing.setHeader('strict-transport-security', 'max-age=31536000');
}

/**
 * The content policy of pages. Only scripts with this request's nonce run: Next reads it from the request's header
 * of the same name and puts it on its own. Styles are set on elements (charts, popovers), which a nonce cannot mark.
 */
export function setPagePolicy(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  development: boolean,
): void {
  const nonce = randomBytes(16).toString('base64');
  const policy = [
    "default-src 'self'",
    // React's development build evaluates text to rebuild call stacks.
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development ? " 'unsafe-eval'" : ''}`,
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    `connect-src 'self' ${socketOrigin(incoming)}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
  incoming.headers['content-security-policy'] = policy;
  incoming.headers['x-nonce'] = nonce;
  outgoing.setHeader('content-security-policy', policy);
}

/** Older browsers do not count a WebSocket to the same host as `'self'`. */
function socketOrigin(incoming: IncomingMessage): string {
  const host = incoming.headers.host ?? '';
  return /^[\w.:[\]-]+$/.test(host) ? `ws://${host} wss://${host}` : '';
}
