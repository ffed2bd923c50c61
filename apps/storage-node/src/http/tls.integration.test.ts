import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterEach, describe, expect, it } from 'vitest';
import { localhostCertificate } from '../testing/localhost-certificate.ts';
import { runNode } from '../testing/running-node.ts';
import { spawnNode } from '../testing/spawned-node.ts';
import { makeEnrolledFolder } from '../testing/enrolled-folder.ts';

const ca = localhostCertificate.cert;
const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function statusOf(url: string): Promise<number | undefined> {
  const sending = request(url, { ca });
  sending.end();
  const [response] = await once(sending, 'response');
  response.resume();
  return response.statusCode;
}

describe('a node with a certificate', () => {
  it('speaks TLS, from 1.2 on', async () => {
    const node = await runNode({ publicUrl: 'https://127.0.0.1:0' }, { certificate: localhostCertificate });
    closers.push(node.stop);
    expect(node.url).toMatch(/^https:/);
    expect(await statusOf(`${node.url}/healthz`)).toBe(200);
    expect(await statusOf(`${node.url}/repo/config`)).toBe(401);
    const old = connect({
      port: Number(new URL(node.url).port),
      ca,
      maxVersion: 'TLSv1.1',
      minVersion: 'TLSv1',
    });
    const [error] = await once(old, 'error');
    expect(error).toBeInstanceOf(Error);
  });

  it('takes it from files', async () => {
    const base = await mkdtemp(join(tmpdir(), 'breakwater-'));
    closers.push(() => rm(base, { recursive: true, force: true }));
    const folder = await makeEnrolledFolder({ publicUrl: 'https://127.0.0.1:0' });
    closers.push(folder.remove);
    await writeFile(join(base, 'cert.pem'), localhostCertificate.cert);
    await writeFile(join(base, 'key.pem'), localhostCertificate.key);
    const files = ['--tls-cert', join(base, 'cert.pem'), '--tls-key', join(base, 'key.pem')];
    const node = await spawnNode(folder.dataDir, { args: files });
    closers.unshift(node.stop);
    expect(await statusOf(`${node.url}/healthz`)).toBe(200);
  });

  it('refuses a certificate that cannot be used, or that its URL does not ask for', async () => {
    await expect(runNode({}, { certificate: localhostCertificate })).rejects.toThrow(
      'was enrolled with the public URL http://127.0.0.1:0, but is given a TLS certificate',
    );
    await expect(
      runNode(
        { publicUrl: 'https://127.0.0.1:0' },
        { certificate: { ...localhostCertificate, cert: 'nonsense' } },
      ),
    ).rejects.toThrow(/certificate and its key cannot be used/);
  });
});
