import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import { PROBE_MEASURE_BYTES, PROBE_WARMUP_BYTES, probeAnswer } from '@breakwater/contract/storage-api';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { REPOSITORY, type RunningNode, runNode, sha256 } from '../testing/running-node.ts';

let node: RunningNode;
let token: string;
beforeEach(async () => {
  node = await runNode();
  token = await node.grant('probe');
});
afterEach(() => node.stop());

const flag = { 'x-no-write': '0' };
const probe = (body: Uint8Array<ArrayBuffer>) => node.send('POST', '/probe', token, { headers: flag, body });

describe('POST /probe', () => {
  it('measures a whole body and hashes it', async () => {
    const body = randomBytes(2 * 1024 * 1024);
    const response = await probe(body);
    expect(response.status).toBe(202);
    const answer = probeAnswer.parse(await response.json());
    expect(answer).toMatchObject({ bytes: body.length, sha256: sha256(body), written: false });
    expect(answer.measuredBytes).toBeGreaterThan(0);
    expect(answer.measuredBytes).toBeLessThanOrEqual(body.length - PROBE_WARMUP_BYTES);
    expect(answer.measuredMs).toBeGreaterThan(0);
    expect(answer.receiveMs).toBeGreaterThanOrEqual(answer.measuredMs);
  });

  it('answers as soon as it has measured enough, though the sender would go on', async () => {
    const hash = createHash('sha256');
    const chunk = randomBytes(64 * 1024);
    const sending = request(`${node.url}/probe`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...flag },
    });
    sending.on('error', () => undefined);
    let isAnswered = false;
    const push = () => {
      while (!isAnswered && sending.write(chunk));
    };
    sending.on('drain', push);
    sending.flushHeaders();
    push();
    const [response] = await once(sending, 'response');
    isAnswered = true;
    expect(response.statusCode).toBe(202);
    const text = Buffer.concat(await response.toArray()).toString();
    sending.destroy();
    const answer = probeAnswer.parse(JSON.parse(text));
    expect(answer.bytes).toBeGreaterThan(PROBE_WARMUP_BYTES);
    expect(answer.bytes).toBeLessThanOrEqual(PROBE_WARMUP_BYTES + PROBE_MEASURE_BYTES + 3 * chunk.length);
    for (let left = answer.bytes; left > 0; left -= chunk.length) hash.update(chunk.subarray(0, left));
    expect(answer.sha256).toBe(hash.digest('hex'));
  });

  it('answers a sender that stands still', async () => {
    const sending = request(`${node.url}/probe`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...flag },
    });
    sending.on('error', () => undefined);
    sending.write('x');
    const [response] = await once(sending, 'response');
    expect(response.statusCode).toBe(202);
    const answer = probeAnswer.parse(JSON.parse(Buffer.concat(await response.toArray()).toString()));
    sending.destroy();
    expect(answer).toMatchObject({ bytes: 1, measuredBytes: 0, sha256: sha256('x') });
  });

  it('serves one at a time, and tells the other when to come back', async () => {
    const first = request(`${node.url}/probe`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, expect: '100-continue', ...flag },
    });
    first.flushHeaders();
    // The node asks for the body once it has admitted the probe.
    await once(first, 'continue');
    const second = await probe(randomBytes(10));
    expect(second.status).toBe(503);
    expect(Number(second.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(await second.json()).toMatchObject({ code: 'too-many-requests' });
    first.end('x');
    const [response] = await once(first, 'response');
    expect(response.statusCode).toBe(202);
    response.resume();
  });

  it('takes no more than its share of time', async () => {
    await node.stop();
    node = await runNode({}, { probeShare: 1e-9 });
    token = await node.grant('probe');
    expect((await probe(randomBytes(10))).status).toBe(202);
    const refused = await probe(randomBytes(10));
    expect(refused.status).toBe(503);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(60);
  });

  it('refuses a body that no measurement needs', async () => {
    const response = await new Promise<number | undefined>((resolve, reject) => {
      const sending = request(`${node.url}/probe`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${token}`,
          'content-length': String(10 * PROBE_MEASURE_BYTES),
          ...flag,
        },
      });
      sending.on('response', (answer) => {
        resolve(answer.statusCode);
        sending.destroy();
      });
      sending.on('error', reject);
      sending.flushHeaders();
    });
    expect(response).toBe(413);
  });
});

describe('the no-write flag', () => {
  it('is needed for a probe, with the value 0', async () => {
    for (const headers of [{}, { 'x-no-write': '1' }, { 'x-no-write': '' }, { 'x-no-write': '0, 0' }]) {
      const response = await node.send('POST', '/probe', token, { headers, body: 'x' });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ code: 'invalid-request' });
    }
  });

  it('is refused with a token for stored data, and without a token', async () => {
    const other = await node.grant('read', 'append', 'lock', 'create', 'delete');
    expect((await node.send('POST', '/probe', other, { headers: flag, body: 'x' })).status).toBe(400);
    expect((await node.send('POST', '/probe', null, { headers: flag, body: 'x' })).status).toBe(401);
    const expired = await node.folder.sign({ verbs: ['probe'], iat: 1, exp: 2 });
    expect((await node.send('POST', '/probe', expired, { headers: flag, body: 'x' })).status).toBe(401);
  });

  it('is refused on every other path, so that nothing unstored looks stored', async () => {
    const all = await node.grant('read', 'append', 'lock', 'create', 'delete');
    await node.send('POST', `/${REPOSITORY}/?create=true`, all);
    const file = `/${REPOSITORY}/data/${sha256('x')}`;
    for (const value of ['0', '1']) {
      for (const [method, path] of [
        ['POST', file],
        ['GET', file],
        ['HEAD', file],
        ['DELETE', file],
        ['POST', `/${REPOSITORY}/config`],
        ['POST', `/${REPOSITORY}/?create=true`],
        ['GET', `/${REPOSITORY}/data/`],
        ['GET', '/healthz'],
        ['GET', '/metrics'],
        ['GET', '/nothing'],
      ] as const) {
        const init = { headers: { 'x-no-write': value }, ...(method === 'POST' && { body: 'x' }) };
        const response = await node.send(method, path, all, init);
        expect(response.status, `${method} ${path}`).toBe(400);
      }
    }
    expect((await node.send('HEAD', file, all)).status).toBe(404);
  });

  it('gives a probe token no way to a repository', async () => {
    const both = await node.folder.sign({ verbs: ['probe', 'read', 'append'] });
    expect((await node.send('POST', `/${REPOSITORY}/data/${sha256('x')}`, both, { body: 'x' })).status).toBe(
      403,
    );
  });
});
