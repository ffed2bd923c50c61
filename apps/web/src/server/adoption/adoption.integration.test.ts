import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { adoptionAnswer, nodeRepositories } from '@breakwater/contract/adoption';
import {
  event,
  page,
  recoveryKit,
  repository as repositoryShape,
  snapshot as snapshotShape,
  snapshotFiles,
  storageNode,
} from '@breakwater/contract/resources';
import { retentionPreview } from '@breakwater/contract/retention';
import { type RunDetail, startRunAnswer } from '@breakwater/contract/run';
import { taskAnswer } from '@breakwater/contract/task';
import { runProgram } from '@breakwater/storage-client/testing/program-process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { careForRepositories } from '../care/care-for-repositories.ts';
import { RealCluster } from '../testing/real-cluster.ts';

/** In CI it has to be there: then its absence is a failure, not a skip. */
const hasRestic = process.env.CI !== undefined || spawnSync('restic', ['version']).status === 0;
const skipped = hasRestic ? '' : ' (skipped: restic not installed)';

const ADDRESS = 'web-3.test';
const PASSWORD = 'an old password, typed by hand';

describe.skipIf(!hasRestic)(`a repository that stock restic made is adopted${skipped}`, () => {
  let cluster: RealCluster;
  let source: string;
  let nodes: Map<string, { id: string; url: string }>;

  beforeAll(async () => {
    cluster = await RealCluster.start();
    source = join(cluster.folder, 'source');
    await mkdir(source);
    await writeFile(join(source, 'large.bin'), randomBytes(6_000_000));
    await writeFile(join(source, 'small.txt'), 'hello');
    await Promise.all([
      cluster.startNode('alpha'),
      cluster.startNode('beta'),
      cluster.startAgent(ADDRESS, 'agent'),
      cluster.startAgent('keeper.test', 'maintenance'),
    ]);
    const online = () => cluster.api('GET', '/storage-nodes', page(storageNode));
    const { items } = await cluster.until(online, (found) => found.items.every((node) => node.online));
    nodes = new Map(items.map(({ name, id, url }) => [name, { id, url }]));
    await drainBeta(true);
  });
  afterAll(() => cluster.close());

  const idOf = (node: string) => nodes.get(node)?.id ?? '';
  /** So that nothing is replicated there meanwhile. */
  const drainBeta = (draining: boolean) =>
    cluster.api('PATCH', `/storage-nodes/${idOf('beta')}`, storageNode, { draining });
  const folderOf = (node: string, name: string) => join(cluster.folder, node, name);

  async function restic(where: string, ...args: string[]): Promise<string> {
    const { stdout } = await promisify(execFile)('restic', ['-r', where, ...args], {
      env: { ...process.env, RESTIC_PASSWORD: PASSWORD, RESTIC_CACHE_DIR: join(cluster.folder, 'cache') },
      maxBuffer: 2 ** 26,
    });
    return stdout;
  }

  async function resticSnapshots(where: string): Promise<{ id: string; parent?: string }[]> {
    return JSON.parse(await restic(where, 'snapshots', '--json')) as { id: string; parent?: string }[];
  }

  /** Makes a repository in a folder of its own and copies it to a node, as somebody with a USB disk would. */
  async function copyInto(node: string, name: string, ...init: string[]): Promise<void> {
    const made = join(cluster.folder, 'made-elsewhere', name);
    await mkdir(made, { recursive: true });
    await restic(made, 'init', ...init);
    await restic(made, 'backup', '--host', 'Elsewhere', source);
    await cp(made, folderOf(node, name), { recursive: true });
  }

  const adopt = (repositoryId: string, more: object = {}) =>
    cluster.call('POST', '/repositories/adopt', {
      nodeId: idOf('alpha'),
      repositoryId,
      password: PASSWORD,
      ...more,
    });

  async function refusedAt(answer: ReturnType<typeof adopt>) {
    const refused = await answer;
    const { code, errors } = refused.problem();
    return { status: refused.status, code, field: errors?.[0]?.field, expected: errors?.[0]?.expected };
  }

  async function backUp(task: object, onAny = false): Promise<RunDetail> {
    const body = { name: 'Goes on', sourceAddress: ADDRESS, paths: [source], ifAgentSilent: 'wait', ...task };
    const { id } = await cluster.api('POST', '/tasks', taskAnswer, { copies: 1, ...body });
    // Any node may be chosen.
    if (onAny) await drainBeta(false);
    const { runId } = await cluster.api('POST', `/tasks/${id}/runs`, startRunAnswer, {});
    const ended = await cluster.ended(runId);
    if (onAny) await drainBeta(true);
    return ended;
  }

  const repositories = async () =>
    (await cluster.api('GET', '/repositories', page(repositoryShape))).items.map(({ id }) => id);
  const snapshotsIn = async (id: string) =>
    (await cluster.api('GET', `/snapshots?repositoryId=${id}`, page(snapshotShape))).items;

  it('was pushed through the node with a token of the node itself, and is found there', async () => {
    const verbs = ['--verbs', 'read,append,lock,create'];
    const data = join(cluster.folder, 'alpha');
    const issued = await runProgram('breakwater-node', [
      ...['access-token', '--data', data, '--repository', 'old-web-3'],
      ...verbs,
    ]);
    const url = new URL(nodes.get('alpha')?.url ?? '');
    const where = `rest:${url.protocol}//any:${issued.stdout.trim()}@${url.host}/old-web-3/`;
    await restic(where, 'init');
    await restic(where, 'backup', '--host', ADDRESS, source);
    await restic(where, 'backup', '--host', 'laptop', '--time', '2021-03-04 05:06:07', source);

    await copyInto('alpha', 'from-usb');
    await cp(folderOf('alpha', 'from-usb'), folderOf('alpha', 'dotted.name'), { recursive: true });
    const listed = await cluster.api('GET', `/storage-nodes/${idOf('alpha')}/repositories`, nodeRepositories);
    expect(listed.items.map(({ repositoryId, registered }) => ({ repositoryId, registered }))).toEqual([
      { repositoryId: 'from-usb', registered: false },
      { repositoryId: 'old-web-3', registered: false },
    ]);
    expect(listed.items.every(({ bytes, files }) => bytes > 6_000_000 && files > 3)).toBe(true);
    expect(listed.misnamed).toEqual(['dotted.name']);
    await rm(folderOf('alpha', 'dotted.name'), { recursive: true });
  });

  it('is refused with a wrong password or name, and nothing of it is left', async () => {
    const before = await repositories();
    expect(await refusedAt(adopt('old-web-3', { password: 'wrong' }))).toEqual({
      ...{ status: 400, code: 'invalid-request', field: 'password' },
      expected: 'the password of one of the keys of this repository',
    });
    expect(await refusedAt(adopt('nobody'))).toMatchObject({ status: 400, field: 'repositoryId' });
    await mkdir(folderOf('alpha', 'no-repository'));
    expect(await refusedAt(adopt('no-repository'))).toMatchObject({
      expected: 'the folder of a restic repository on alpha',
    });
    expect(await refusedAt(adopt('../alpha'))).toMatchObject({ status: 400, field: 'repositoryId' });
    const nowhere = { nodeId: '0190a3f0-0000-7000-8000-000000000001' };
    expect(await refusedAt(adopt('old-web-3', nowhere))).toMatchObject({ status: 400, field: 'nodeId' });
    expect(await refusedAt(adopt('old-web-3', { sourceAddress: 'nobody.test' }))).toMatchObject({
      ...{ status: 422, field: 'sourceAddress' },
    });
    expect(await refusedAt(adopt('old-web-3', { sourceAddress: 'keeper.test' }))).toMatchObject({
      status: 422,
    });
    expect(await repositories()).toEqual(before);
    const { items } = await cluster.api('GET', '/snapshots', page(snapshotShape));
    expect(items).toEqual([]);
  });

  it('appears with its snapshots, each at its own time and with its server', async () => {
    const answer = (await adopt('old-web-3')).as(adoptionAnswer);
    expect(answer).toMatchObject({
      snapshots: 2,
      unreadableSnapshots: [],
      repository: {
        id: 'old-web-3',
        sourceAddress: null,
        adoptedAt: expect.any(String),
        formatVersion: 2,
        kitConfirmedAt: null,
        snapshotCount: 2,
        copies: [{ nodeName: 'alpha', snapshots: 2, holdsNewest: true }],
      },
    });
    expect(answer.repository.copies[0]?.bytes).toBeGreaterThan(6_000_000);
    const found = await snapshotsIn('old-web-3');
    const stock = await resticSnapshots(folderOf('alpha', 'old-web-3'));
    expect(found.map(({ id }) => id).sort()).toEqual(stock.map(({ id }) => id).sort());
    expect(
      found.map(({ sourceAddress, hostname, taskId, runId }) => [sourceAddress, hostname, taskId, runId]),
    ).toEqual([
      [ADDRESS, ADDRESS, null, null],
      [null, 'laptop', null, null],
    ]);
    expect(found[1]?.recordedAt.slice(0, 10)).toBe('2021-03-04');
    expect(await refusedAt(adopt('old-web-3'))).toMatchObject({
      ...{ status: 409, code: 'conflict', field: 'repositoryId' },
    });
  });

  it('is told in the event log, without the password, which is kept sealed', async () => {
    const { items } = await cluster.api('GET', '/events', page(event));
    const told = items.find(({ kind }) => kind === 'repository-adopted');
    expect(told).toMatchObject({
      message: expect.stringContaining('registered the repository old-web-3 on alpha with 2 snapshots'),
      subject: { type: 'repository', id: 'old-web-3' },
    });
    const dump = async (table: string) =>
      JSON.stringify(
        await cluster.center.center.db.$queryRawUnsafe(`SELECT row_to_json(t)::text FROM "${table}" t`),
      );
    for (const table of ['repository', 'event', 'copy', 'snapshot']) {
      expect(await dump(table)).not.toContain(PASSWORD);
      expect(await dump(table)).not.toContain(Buffer.from(PASSWORD).toString('hex'));
    }
  });

  it('goes on with the backups of a task, which find their parent and send only what is new', async () => {
    const [parent] = await snapshotsIn('old-web-3');
    await writeFile(join(source, 'new.txt'), 'new');
    const run = await backUp({ repositoryId: 'old-web-3', retention: { keepLast: 1 } }, true);
    expect(run).toMatchObject({ state: 'succeeded', repositoryId: 'old-web-3' });
    expect(run.placement?.chosen?.nodeName).toBe('alpha');
    expect(run.stats?.bytesStored).toBeLessThan(100_000);
    const stock = await resticSnapshots(folderOf('alpha', 'old-web-3'));
    expect(stock).toHaveLength(3);
    expect(stock.find(({ id }) => id === run.snapshotId)?.parent).toBe(parent?.id);
    expect(await restic(folderOf('alpha', 'old-web-3'), 'check', '--read-data', '--no-lock')).toContain(
      'no errors were found',
    );
    // What came with it belongs to no task: it is no stranger, and no retention counts it.
    const preview = await cluster.api('GET', `/tasks/${run.taskId}/retention-preview`, retentionPreview);
    expect(preview).toMatchObject({ paused: null, unknown: [], snapshots: [{ snapshotId: run.snapshotId }] });
  });

  it('has a recovery kit that leads to it', async () => {
    const kit = await cluster.api('GET', '/repositories/old-web-3/recovery-kit', recoveryKit);
    expect(kit.password).toBe(PASSWORD);
    expect(kit.copies).toMatchObject([{ node: 'alpha', path: folderOf('alpha', 'old-web-3') }]);
    const own = await snapshotsIn('old-web-3');
    for (const { id } of own) expect(kit.commands.join('\n')).toContain(`restore ${id.slice(0, 8)}`);
  });

  it('becomes the own repository of a server that has none, and names what cannot be read in it', async () => {
    const broken = 'ab'.repeat(32);
    const brokenFile = join(folderOf('alpha', 'from-usb'), 'snapshots', broken);
    await writeFile(brokenFile, randomBytes(200));
    expect((await adopt('from-usb', { sourceAddress: ADDRESS })).as(adoptionAnswer)).toMatchObject({
      repository: { id: 'from-usb', sourceAddress: ADDRESS },
      snapshots: 1,
      unreadableSnapshots: [broken],
    });
    await rm(brokenFile);
    expect((await snapshotsIn('from-usb')).map(({ sourceAddress }) => sourceAddress)).toEqual([ADDRESS]);
    const run = await backUp({ strategy: 'pinned', nodeId: idOf('alpha') });
    expect(run).toMatchObject({ state: 'succeeded', repositoryId: 'from-usb' });
    expect(await resticSnapshots(folderOf('alpha', 'from-usb'))).toHaveLength(2);
    await cp(folderOf('alpha', 'from-usb'), folderOf('alpha', 'another'), { recursive: true });
    expect(await refusedAt(adopt('another', { sourceAddress: ADDRESS }))).toMatchObject({
      ...{ status: 409, code: 'conflict', field: 'sourceAddress' },
    });
    expect(await repositories()).not.toContain('another');
  });

  it('gets a further copy that lies on another node, but none under another name', async () => {
    const beta = { nodeId: idOf('beta') };
    await cp(folderOf('alpha', 'old-web-3'), folderOf('beta', 'twin'), { recursive: true });
    expect(await refusedAt(adopt('twin', beta))).toMatchObject({
      ...{ status: 409, field: 'repositoryId', expected: expect.stringContaining('the name old-web-3') },
    });
    await cp(folderOf('beta', 'twin'), folderOf('beta', 'from-usb'), { recursive: true });
    expect(await refusedAt(adopt('from-usb', beta))).toMatchObject({ status: 409, field: 'repositoryId' });
    await cp(folderOf('beta', 'twin'), folderOf('beta', 'old-web-3'), { recursive: true });
    const { repository, snapshots } = (await adopt('old-web-3', beta)).as(adoptionAnswer);
    expect(snapshots).toBe(0);
    expect(repository.copies.map(({ nodeName, snapshots: held }) => [nodeName, held])).toEqual([
      ['alpha', 3],
      ['beta', 3],
    ]);
  });

  it('of format version 1 is shown, and written to once stock restic has migrated it', async () => {
    await copyInto('alpha', 'old-format', '--repository-version', '1');
    const { repository } = (await adopt('old-format')).as(adoptionAnswer);
    expect(repository).toMatchObject({ formatVersion: 1, snapshotCount: 1 });
    expect(repository.copies[0]?.care.nextPruneAt).toBeNull();
    const [old] = await snapshotsIn('old-format');
    const path = `/snapshots/${old?.id}/files?path=${encodeURIComponent(source)}`;
    const { entries } = await cluster.api('GET', path, snapshotFiles);
    expect(entries.map(({ name }) => name)).toContain('large.bin');
    const body = { name: 'Old', sourceAddress: ADDRESS, paths: [source], repositoryId: 'old-format' };
    expect(await refusedAt(cluster.call('POST', '/tasks', body))).toMatchObject({
      ...{ status: 400, field: 'repositoryId' },
      expected: expect.stringContaining('restic migrate upgrade_repo_v2'),
    });
    const prune = await cluster.call('POST', '/repositories/old-format/runs', { kind: 'prune' });
    expect([prune.status, prune.problem().code]).toEqual([409, 'unsupported-format']);
    await restic(folderOf('alpha', 'old-format'), 'migrate', 'upgrade_repo_v2');
    await careForRepositories(cluster.center.center);
    expect(await cluster.api('GET', '/repositories/old-format', repositoryShape)).toMatchObject({
      formatVersion: 2,
    });
    const run = await backUp({ repositoryId: 'old-format' });
    expect(run).toMatchObject({ state: 'succeeded', repositoryId: 'old-format' });
    const now = await cluster.api('GET', '/repositories/old-format', repositoryShape);
    expect(now).toMatchObject({ formatVersion: 2, snapshotCount: 2 });
    expect(await restic(folderOf('alpha', 'old-format'), 'check', '--read-data', '--no-lock')).toContain(
      'no errors were found',
    );
  });
});
