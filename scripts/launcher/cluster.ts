import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { joinTokenAnswer } from '@breakwater/contract/enrolment';
import { agent, page, storageNode } from '@breakwater/contract/resources';
import { z } from 'zod';
import { isLocal, localUrl, shownUrl } from './address.ts';
import { buildPages, generateDatabaseClient } from './build.ts';
import { CenterApi } from './center-api.ts';
import { Child } from './child.ts';
import type { DataFolder } from './data-folder.ts';
import { databaseReady } from './database-ready.ts';
import { followCenter, listenerOf } from './enrolled-part.ts';
import type { Options } from './options.ts';
import { findFreePort, requireFreePort } from './port.ts';
import { step } from './steps.ts';

const READY_TIMEOUT_MS = 60_000;
const LOOPBACK = '127.0.0.1';

const adminFile = z.object({ email: z.string(), password: z.string().nullable(), apiToken: z.string() });
export type Admin = z.infer<typeof adminFile>;

/** Everything `npm start` runs on this machine: the database, the control center, nodes and agents. */
export class Cluster {
  readonly #root: string;
  readonly #options: Options;
  readonly #folder: DataFolder;
  readonly #children: Child[] = [];
  #givenUp: string | null = null;
  /** Called when a part cannot be kept running. */
  onGivenUp: (reason: string) => void = () => {};

  constructor(root: string, options: Options, folder: DataFolder) {
    this.#root = root;
    this.#options = options;
    this.#folder = folder;
  }

  get url(): string {
    return shownUrl(this.#options.host, this.#options.port);
  }

  get agentAddresses(): string[] {
    return Array.from({ length: this.#options.agents }, (_, n) => localAddress(n === 0 ? '' : `-${n + 1}`));
  }

  async start(): Promise<{ admin: Admin; api: CenterApi }> {
    const { host, port, dataDir } = this.#options;
    await requireFreePort(
      host,
      port,
      'Stop that program, or set PORT to another one, e.g. PORT=3100 npm start.',
    );
    await step('Database client generated', () => generateDatabaseClient(this.#root));
    await step('Console built', () => buildPages(this.#root));
    const databaseUrl = this.#options.databaseUrl ?? (await this.#startDatabase());
    await step('Control center started, migrations applied', () => this.#startCenter(databaseUrl));
    if (this.#options.resetAdmin) {
      await step("The admin's password reset", () => this.#resetAdmin(databaseUrl));
    }
    const admin = adminFile.parse(JSON.parse(readFileSync(join(dataDir, 'admin.json'), 'utf8')));
    const api = new CenterApi(localUrl(host, port), admin.apiToken);
    await this.#startParts(api);
    return { admin, api };
  }

  /** Where the control center is for the nodes and agents here, and whether the way there leaves this machine. */
  get #reach(): [server: string, insecureHttp: boolean] {
    const { host, port } = this.#options;
    return [localUrl(host, port), !isLocal(host)];
  }

  /** Agents first, so that what they have in hand is still told; the database last. */
  async stop(): Promise<void> {
    const named = (part: string) => this.#children.filter((child) => child.name.startsWith(part));
    for (const part of ['agent', 'node', 'control-center', 'postgres']) {
      await Promise.all(named(part).map((child) => child.stop()));
    }
  }

  async #startDatabase(): Promise<string> {
    return await step('PostgreSQL started', async () => {
      let url: string | null = null;
      const keeper = join(this.#root, 'scripts/launcher/postgres-process.ts');
      const child = this.#child(
        'postgres',
        [keeper, join(this.#options.dataDir, 'postgres')],
        {},
        (message) => {
          url = databaseReady.parse(message).databaseUrl;
        },
      );
      await this.#until(child, async () => url !== null);
      return url ?? '';
    });
  }

  async #startCenter(databaseUrl: string): Promise<void> {
    const { host, port, dataDir } = this.#options;
    const center = this.#child('control-center', [join(this.#root, 'apps/web/server.ts')], {
      NODE_ENV: 'production',
      NEXT_TELEMETRY_DISABLED: '1',
      DATABASE_URL: databaseUrl,
      BREAKWATER_DATA: dataDir,
      HOST: host,
      PORT: String(port),
    });
    await this.#until(center, async () => {
      const response = await fetch(`${localUrl(host, port)}/readyz`).catch(() => null);
      await response?.body?.cancel();
      return response?.ok === true && existsSync(join(dataDir, 'admin.json'));
    });
  }

  /** Nodes and agents side by side: an agent waits for nodes by itself. */
  async #startParts(api: CenterApi): Promise<void> {
    const { nodes, agents } = this.#options;
    const parts = [
      ...(nodes === 0 ? [] : [nodes === 1 ? '1 storage node' : `${nodes} storage nodes`]),
      ...(agents === 0 ? [] : [agents === 1 ? '1 agent' : `${agents} agents`, 'the maintenance agent']),
    ];
    if (parts.length === 0) return;
    const isBack = heardOfSince(Date.now());
    await step(`Enrolled and online: ${parts.join(', ')}`, async () => {
      await Promise.all([
        nodes === 0 ? null : this.#startNodes(api, isBack),
        agents === 0 ? null : this.#startAgents(api, isBack),
      ]);
    });
  }

  async #resetAdmin(databaseUrl: string): Promise<void> {
    const environment = { DATABASE_URL: databaseUrl, BREAKWATER_DATA: this.#options.dataDir };
    await runToEnd('Resetting the admin', [join(this.#root, 'apps/web/reset-admin.ts')], environment);
  }

  async #startNodes(api: CenterApi, isBack: IsBack): Promise<void> {
    const taken = new Set<number>([this.#options.port]);
    const names = Array.from({ length: this.#options.nodes }, (_, n) => `node-${letter(n)}`);
    const bin = join(this.#root, 'apps/storage-node/bin/breakwater-node.mjs');
    const places: { name: string; data: string; listen: string | null }[] = [];
    for (const name of names) {
      const data = this.#folder.folderOf('nodes', name);
      const stateFile = join(data, 'node.json');
      if (existsSync(stateFile)) {
        const { host, port } = listenerOf(stateFile);
        const how = `${name} listens there: stop that program, then start again.`;
        if (port !== 0) await requireFreePort(host, port, how);
        places.push({ name, data, listen: null });
      } else {
        const port = await findFreePort(LOOPBACK, firstNodePort(this.#options.port), taken);
        taken.add(port);
        places.push({ name, data, listen: `${LOOPBACK}:${port}` });
      }
    }
    const startOne = async ({ name, data, listen }: (typeof places)[number]): Promise<Child> => {
      if (listen !== null) {
        const where = ['--name', name, '--listen', listen, '--public-url', `http://${listen}`];
        await this.#enrol(api, 'storage-node', bin, data, where);
      } else followCenter(join(data, 'node.json'), ...this.#reach);
      return this.#child(name, [bin, 'run', '--data', data], {});
    };
    const children = await Promise.all(places.map(startOne));
    await this.#until(children, async () => {
      const { items } = await api.get('/storage-nodes?limit=200', page(storageNode));
      return names.every((name) => items.some((node) => node.name === name && isBack(node)));
    });
  }

  async #startAgents(api: CenterApi, isBack: IsBack): Promise<void> {
    const wanted = [
      ...this.agentAddresses.map((address) => ({ kind: 'agent' as const, address })),
      { kind: 'maintenance' as const, address: localAddress('-maintenance') },
    ];
    const bin = join(this.#root, 'apps/agent/bin/breakwater-agent.mjs');
    const startOne = async ({ kind, address }: (typeof wanted)[number]): Promise<Child> => {
      const data = this.#folder.folderOf('agents', address);
      const identity = join(data, 'agent.json');
      if (existsSync(identity)) followCenter(identity, ...this.#reach);
      else {
        const role = kind === 'maintenance' ? ['--role', 'maintenance'] : [];
        await this.#enrol(api, kind, bin, data, ['--address', address, ...role]);
      }
      return this.#child(`agent-${address}`, [bin, 'run', '--data', data], {});
    };
    const children = await Promise.all(wanted.map(startOne));
    await this.#until(children, async () => {
      const { items } = await api.get('/agents?limit=200', page(agent));
      return wanted.every(({ address }) => items.some((one) => one.address === address && isBack(one)));
    });
  }

  async #enrol(
    api: CenterApi,
    kind: 'agent' | 'maintenance' | 'storage-node',
    bin: string,
    data: string,
    args: readonly string[],
  ): Promise<void> {
    const { token } = await api.post('/join-tokens', { kind, expiresInSeconds: 300 }, joinTokenAnswer);
    const [server, insecureHttp] = this.#reach;
    const insecure = insecureHttp ? ['--insecure-http'] : [];
    await runToEnd('Enrolment', [
      bin,
      'enroll',
      '--server',
      server,
      '--token',
      token,
      '--data',
      data,
      ...args,
      ...insecure,
    ]);
  }

  #child(
    name: string,
    args: readonly string[],
    env: Record<string, string>,
    onMessage: (message: unknown) => void = () => {},
  ): Child {
    const child = new Child({
      name,
      args: ['--disable-warning=ExperimentalWarning', ...args],
      cwd: this.#root,
      env,
      folder: this.#folder,
      onMessage,
      onGivenUp: (reason) => {
        this.#givenUp = reason;
        this.onGivenUp(reason);
      },
    });
    this.#children.push(child);
    child.start();
    return child;
  }

  /** Waits for `ready`, as long as the children that must make it so can be kept running. */
  async #until(children: Child | Child[], ready: () => Promise<boolean>): Promise<void> {
    const waited = [children].flat();
    const deadline = Date.now() + READY_TIMEOUT_MS;
    while (!(await ready())) {
      if (this.#givenUp !== null) throw new Error(this.#givenUp);
      if (Date.now() > deadline) {
        const words = waited.map((child) => `${child.name}: ${child.lastWords()}`).join('\n');
        throw new Error(
          `Not ready after ${READY_TIMEOUT_MS / 1000} s.\n${words}\nLogs: ${this.#options.dataDir}/logs`,
        );
      }
      await pause(50);
    }
    for (const child of waited) child.becameReady();
  }
}

type IsBack = (peer: { lastHeartbeatAt: string | null }) => boolean;

/** Shortly after a restart the control center still counts as online what it heard of before. */
function heardOfSince(start: number): IsBack {
  return ({ lastHeartbeatAt }) => lastHeartbeatAt !== null && Date.parse(lastHeartbeatAt) >= start;
}

async function runToEnd(
  what: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<void> {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  });
  const errors: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`${what} failed: ${Buffer.concat(errors).toString().trim()}`);
}

/** This machine's name as a source address. */
function localAddress(suffix: string): string {
  const name = hostname()
    .toLowerCase()
    .replace(/[^a-z0-9.-]/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
  return `${name === '' ? 'localhost' : name}${suffix}`;
}

/** Nodes listen near the control center, and elsewhere where there is nothing above it. */
function firstNodePort(centerPort: number): number {
  return centerPort + 101 <= 64_000 ? centerPort + 101 : 20_101;
}

function letter(n: number): string {
  return String.fromCharCode('a'.charCodeAt(0) + n);
}
