import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { REST_V1, REST_V2 } from '@breakwater/contract/storage-api';
import { Failure } from '@breakwater/domain/failure';
import type { ByteRange, FileKind } from '@breakwater/restic-format/pack-store';
import { MemoryStore } from '@breakwater/restic-format/testing/memory-store';

/** A REST server as others write them: statuses only, no problem documents; optionally knowing only v1. */
export interface PlainRestServer {
  /** Base with the repository. */
  url: string;
  files: MemoryStore['files'];
  /** Takes a request before the server does; true when it was dealt with. */
  intercept: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Authorization headers seen. */
  authorizations: (string | undefined)[];
  server: Server;
  close(): Promise<void>;
}

export async function startPlainRestServer(options: { v1Only?: boolean } = {}): Promise<PlainRestServer> {
  const store = new MemoryStore();
  const server = createServer((request, response) => {
    running.authorizations.push(request.headers.authorization);
    if (running.intercept(request, response)) return;
    void serve(store, request, response, options.v1Only ?? false).catch(() => response.writeHead(500).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const running: PlainRestServer = {
    url: `http://127.0.0.1:${port}/repo/`,
    files: store.files,
    intercept: () => false,
    authorizations: [],
    server,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  return running;
}

async function serve(
  store: MemoryStore,
  request: IncomingMessage,
  response: ServerResponse,
  v1Only: boolean,
) {
  const [, , kind = 'config', name = ''] = (request.url ?? '').split('/') as [
    string,
    string,
    FileKind?,
    string?,
  ];
  const fileName = kind === 'config' ? 'config' : name;
  try {
    if (request.method === 'GET' && name === '' && kind !== 'config') {
      const files = await store.list(kind);
      const v2 = request.headers.accept === REST_V2 && !v1Only;
      response.setHeader('content-type', v2 ? REST_V2 : REST_V1);
      response.end(JSON.stringify(v2 ? files : files.map((file) => file.name)));
    } else if (request.method === 'HEAD') {
      const size = await store.stat(kind, fileName);
      if (size === null) response.writeHead(404).end();
      else response.writeHead(200, { 'content-length': size }).end();
    } else if (request.method === 'GET') {
      const range = rangeOf(request);
      const bytes = await store.read(kind, fileName, range);
      response.writeHead(range === undefined ? 200 : 206).end(bytes);
    } else if (request.method === 'POST') {
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const exists = (await store.stat(kind, fileName)) !== null;
      if (exists) response.writeHead(403).end();
      else {
        await store.write(kind, fileName, chunks);
        response.writeHead(200).end();
      }
    } else {
      await store.remove(kind, fileName);
      response.writeHead(200).end();
    }
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const statuses: Record<string, number> = { 'not-found': 404, 'bad-range': 416, 'hash-mismatch': 400 };
    response.writeHead(statuses[error.code] ?? 500).end();
  }
}

function rangeOf(request: IncomingMessage): ByteRange | undefined {
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
  if (match === null) return undefined;
  return { offset: Number(match[1]), length: Number(match[2]) - Number(match[1]) + 1 };
}
