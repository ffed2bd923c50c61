import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { nodeEnrolment, nodeEnrolmentAnswer } from '@breakwater/contract/enrolment';
import type { PublicKey } from '@breakwater/contract/storage-token';

/** What a control center answers to a storage node that enrols. */
export function answerNodeEnrolment(body: unknown, signingKey: PublicKey) {
  const { name } = nodeEnrolment.parse(body);
  return nodeEnrolmentAnswer.parse({
    nodeId: randomUUID(),
    credential: randomUUID(),
    name,
    signingKeys: [signingKey],
  });
}

/** As much of a control center as a node needs to enrol. */
export async function startEnrolmentServer(
  signingKey: PublicKey,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    if (request.method !== 'POST' || request.url !== '/api/v1/enrol/storage-node') {
      response.writeHead(404).end();
      return;
    }
    const answer = answerNodeEnrolment(JSON.parse(Buffer.concat(chunks).toString()), signingKey);
    response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
