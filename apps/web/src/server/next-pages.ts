import type { IncomingMessage, ServerResponse } from 'node:http';
import next from 'next';
import type { Pages } from './app.ts';

/** The pages of `folder` (apps/web), from its build, or compiled on demand while they are being worked on. */
export async function startPages(
  folder: string,
  development: boolean,
): Promise<Pages & { close(): Promise<void> }> {
  const app = next({ dev: development, dir: folder });
  await app.prepare();
  const answer = app.getRequestHandler();
  return {
    development,
    handle: (incoming: IncomingMessage, outgoing: ServerResponse) => answer(incoming, outgoing),
    close: () => app.close(),
  };
}
