import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ReadableStream } from 'node:stream/web';
import { CLIENT_ADDRESS_HEADER } from '../auth/auth.ts';

/** A node:http request as a web `Request`; its signal aborts when the client goes away before the answer ended. */
export function webRequest(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: { secure: boolean; trustProxy: boolean },
): Request {
  const headers = new Headers();
  for (let at = 0; at < incoming.rawHeaders.length; at += 2) {
    headers.append(incoming.rawHeaders[at] ?? '', incoming.rawHeaders[at + 1] ?? '');
  }
  headers.set(CLIENT_ADDRESS_HEADER, clientAddress(incoming, options.trustProxy));
  const gone = new AbortController();
  outgoing.once('close', () => {
    if (!outgoing.writableEnded) gone.abort();
  });
  const method = incoming.method ?? 'GET';
  const hasBody = method !== 'GET' && method !== 'HEAD';
  // Read only when asked for. What is left unread after a refusal is discarded by node once the answer is out;
  // destroying the stream would take the answer's connection with it.
  const body = hasBody ? ReadableStream.from(incoming.iterator({ destroyOnReturn: false })) : null;
  const url = new URL(`${options.secure ? 'https' : 'http'}://${safeHost(incoming)}${requestPath(incoming)}`);
  return new Request(url, {
    method,
    headers,
    signal: gone.signal,
    ...(body === null ? {} : { body: body as unknown as BodyInit, duplex: 'half' }),
  });
}

/** Writes a web `Response`, waiting for the client as it reads. A client that goes away ends the body's source. */
export async function writeResponse(response: Response, outgoing: ServerResponse): Promise<void> {
  if (outgoing.destroyed) {
    // Gone before there was an answer: nobody is left to write to, and a pipe into it would throw.
    await response.body?.cancel();
    return;
  }
  outgoing.statusCode = response.status;
  for (const [name, value] of response.headers) {
    if (name !== 'set-cookie') outgoing.setHeader(name, value);
  }
  const cookies = response.headers.getSetCookie();
  if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies);
  if (response.body === null) {
    outgoing.end();
    return;
  }
  try {
    await pipeline(Readable.fromWeb(response.body as ReadableStream), outgoing);
  } catch (error) {
    // The status line is out: all that is left to say is that the body is not whole.
    outgoing.destroy();
    if ((error as NodeJS.ErrnoException).code !== 'ERR_STREAM_PREMATURE_CLOSE') throw error;
  }
}

function requestPath(incoming: IncomingMessage): string {
  const given = incoming.url ?? '/';
  // A proxy may send the absolute form, and `//x` would be read as a host.
  return given.startsWith('/') ? given.replace(/^\/+/, '/') : '/';
}

function safeHost(incoming: IncomingMessage): string {
  const host = incoming.headers.host ?? '';
  return /^[\w.-]+(:\d+)?$|^\[[0-9a-fA-F:]+\](:\d+)?$/.test(host) ? host : 'localhost';
}

function clientAddress(incoming: IncomingMessage, trustProxy: boolean): string {
  if (trustProxy) {
    // The last one is what our own proxy saw; those before it are what the client claims.
    const forwarded = String(incoming.headers['x-forwarded-for'] ?? '')
      .split(',')
      .at(-1)
      ?.trim();
    if (forwarded !== undefined && forwarded !== '') return forwarded;
  }
  return incoming.socket.remoteAddress ?? 'unknown';
}
