import type { Exchange } from '../exchange.ts';

/** `GET /metrics`, for Prometheus. It names no repository. */
export async function metrics({ response, node }: Pick<Exchange, 'response' | 'node'>): Promise<void> {
  const { registry } = node.metrics;
  const text = await registry.metrics();
  response
    .writeHead(200, {
      'content-type': registry.contentType,
      'content-length': String(Buffer.byteLength(text)),
    })
    .end(text);
}
