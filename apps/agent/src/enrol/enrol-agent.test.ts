import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { agentEnrolment } from '@breakwater/contract/enrolment';
import { Failure } from '@breakwater/domain/failure';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { enrolAgent } from './enrol-agent.ts';
import { enrolCommand } from './enrol-command.ts';

const AGENT = '0d9a7f0e-51d5-4f47-8b34-8f3d4a4f5a10';
let folder: string;
let dataDir: string;
let server: Server;
let url: string;
let answer: { status: number; body: unknown };
let asked: unknown;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  dataDir = join(folder, 'agent data');
  answer = { status: 201, body: { agentId: AGENT, credential: 'secret', address: 'db1.example' } };
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    asked = { path: request.url, body: agentEnrolment.parse(JSON.parse(Buffer.concat(chunks).toString())) };
    const type = answer.status < 300 ? 'application/json' : 'application/problem+json';
    response.writeHead(answer.status, { 'content-type': type }).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const options = () => ({
  server: `${url}/`,
  token: 'join',
  address: 'DB1.example',
  dataDir,
  role: 'source' as const,
  insecureHttp: false,
});
const problemOf = (status: number, code: string, detail?: string) => ({
  status,
  body: { type: 'about:blank', title: 'Refused', status, code, ...(detail === undefined ? {} : { detail }) },
});

describe('enrolAgent', () => {
  it('keeps what it was given in a file that only its owner can read', async () => {
    await enrolAgent(options());
    expect(asked).toMatchObject({
      path: '/api/v1/enrol/agent',
      body: { token: 'join', address: 'db1.example', role: 'source', protocolVersion: 1 },
    });
    const path = join(dataDir, 'agent.json');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
      agentId: AGENT,
      credential: 'secret',
      server: url,
      address: 'db1.example',
    });
    expect(await readdir(dataDir)).toEqual(['agent.json']);
  });

  it.each([
    ['address-taken', 409, 'The address DB1.example already has an agent'],
    ['join-token-used', 401, 'used already'],
    ['join-token-expired', 401, 'has expired'],
    ['join-token-invalid', 401, 'does not accept this join token'],
    ['protocol-version', 400, 'another protocol version'],
    ['too-many-requests', 429, 'refused the enrolment'],
  ])('turns %s into one sentence and leaves nothing behind', async (code, status, words) => {
    answer = problemOf(status, code);
    const failure = await enrolAgent(options()).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ code, message: expect.stringContaining(words) });
    await expect(stat(dataDir)).rejects.toThrow('ENOENT');
  });

  it.each([
    ['a server that is something else', { status: 200, body: { hello: 'world' } }],
    ['a server that says only no', { status: 404, body: 'nothing here' }],
  ])('says so for %s', async (_title, other) => {
    answer = other;
    await expect(enrolAgent(options())).rejects.toThrow('does not answer like a Breakwater control center');
  });

  it('says so when nobody listens', async () => {
    server.close();
    server.closeAllConnections();
    await expect(enrolAgent(options())).rejects.toThrow(/cannot be reached \(.*ECONNREFUSED/);
  });

  it('sends nothing over plain http to another machine unless told to', async () => {
    const remote = { ...options(), server: 'http://backup.example:3000' };
    await expect(enrolAgent(remote)).rejects.toThrow('add --insecure-http');
    await expect(enrolAgent({ ...options(), server: 'backup.example' })).rejects.toThrow(
      'expected an address',
    );
    expect(() => new URL(remote.server)).not.toThrow();
  });

  it('does not overwrite an agent that is enrolled', async () => {
    await enrolAgent(options());
    await expect(enrolAgent(options())).rejects.toThrow('already holds an agent enrolled for db1.example');
  });

  it('refuses an address that is none, naming the option', async () => {
    await expect(enrolAgent({ ...options(), address: 'no spaces please' })).rejects.toThrow('--address');
  });
});

describe('enroll', () => {
  it('ends with 1 and the sentence on stderr', async () => {
    answer = problemOf(409, 'address-taken');
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const program = new Command().exitOverride();
    enrolCommand(program);
    const given = ['--server', url, '--token', 't', '--address', 'a', '--data', dataDir];
    await program.parseAsync(['enroll', ...given], { from: 'user' });
    expect(process.exitCode).toBe(1);
    expect(stderr.mock.calls.join('')).toMatch(/^The address a already has an agent: [^\n]+\n$/);
    process.exitCode = undefined;
    stderr.mockRestore();
  });
});
