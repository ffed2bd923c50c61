import { answerJson, type Exchange } from '../exchange.ts';

/** `GET /healthz`: 200 while the node can serve, 503 when its disk cannot. */
export async function healthz(exchange: Pick<Exchange, 'response' | 'node'>): Promise<void> {
  const { status, checks } = await exchange.node.health.report();
  answerJson(exchange, status === 'failing' ? 503 : 200, { status, checks });
}
