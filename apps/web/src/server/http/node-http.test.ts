import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, it } from 'vitest';
import { writeResponse } from './node-http.ts';

it('lets go of an answer whose client has gone away before it was ready', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const asked = once(server, 'request');
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
  const [, outgoing] = (await asked) as [unknown, ServerResponse];
  const gone = once(outgoing, 'close');
  client.destroy();
  await gone;

  let released = false;
  const body = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array(1024)),
    cancel: () => {
      released = true;
    },
  });
  await expect(writeResponse(new Response(body), outgoing)).resolves.toBeUndefined();
  expect(released).toBe(true);
  server.close();
});
