import type { Adoption, AdoptionAnswer } from '@breakwater/contract/adoption';
import { sourceAddress as addressShape } from '@breakwater/contract/ids';
import { Failure } from '@breakwater/domain/failure';
import { isOnline } from '../agents/agents.ts';
import { requireSourceAgent } from '../agents/require-source-agent.ts';
import type { Center } from '../center.ts';
import type { Prisma } from '../db/generated/client.ts';
import { writeEvent } from '../events/write-event.ts';
import { refusedField } from '../http/field-refusal.ts';
import { say } from '../remarks/say.ts';
import {
  registerCopy,
  registeredWithConfig,
  registerRepository,
} from '../repositories/register-repository.ts';
import { getRepository } from '../repositories/repositories.ts';
import { ownRepositoryOf } from '../repositories/ensure-repository.ts';
import {
  findRegistered,
  type RepositoryRow,
  repositoryAccess,
  sealPassword,
} from '../repositories/repository-access.ts';
import { catalogFoundSnapshots, type FoundSnapshot } from '../snapshots/catalog-found-snapshots.ts';
import type { StorageNodeRecord } from '../storage-nodes/storage-nodes.ts';
import { type ReadCopy, readFoundCopy } from './read-found-copy.ts';

const MEASURE_MS = 60_000;

/**
 * Registers a repository that lies on a storage node under its folder's name, with all its snapshots: stock restic
 * put it there through the node, or somebody copied it into the node's data folder. One that is registered with other
 * copies gets this one, too. Nothing is written to the node; what is refused leaves nothing behind. Throws
 * `invalid-request` or `unknown-address` naming the field, `conflict` for what is registered already, `node-offline`.
 */
export async function adoptRepository(center: Center, wanted: Adoption, by: string): Promise<AdoptionAnswer> {
  const { repositoryId, password, sourceAddress } = wanted;
  const node = await requireNode(center, wanted.nodeId);
  const known = await findRegistered(center, repositoryId);
  if (known?.copies.some(({ nodeId }) => nodeId === node.id) === true) throw registered(repositoryId, node);
  if (sourceAddress !== null) await requireFreeServer(center, sourceAddress, known);
  const read = await readFoundCopy(center, repositoryId, node, password);
  if (known !== null) await requireSame(center, known, node, read);
  const { bytes, files } = await center.links.callNode(
    node.id,
    'measure-repository',
    { repositoryId },
    MEASURE_MS,
  );
  const found = await withServers(center, read.snapshots, known?.sourceAddress ?? sourceAddress);
  const at = new Date(center.now());
  const { added, event } = await center.db.$transaction(async (tx) => {
    if (known === null) await register(tx, center, wanted, read, at);
    const lastWriteAt = found.at(-1)?.madeAt ?? null;
    if (!(await registerCopy(tx, { repositoryId, nodeId: node.id, bytes, files, lastWriteAt }))) {
      throw refusedField('nodeId', node.id, 'the id of an enrolled storage node');
    }
    const count = found.length;
    const of = known?.sourceAddress ?? repositoryId;
    return {
      added: await catalogFoundSnapshots(tx, { repositoryId, nodeId: node.id, at }, found),
      event: await writeEvent(
        tx,
        {
          level: 'warn',
          kind: known === null ? 'repository-adopted' : 'copy-adopted',
          remark:
            known === null
              ? say('repository-adopted', { by, name: repositoryId, node: node.name, count })
              : say('copy-adopted', { by, of, node: node.name, count }),
          subject: { type: 'repository', id: repositoryId },
        },
        at,
      ),
    };
  });
  center.live.changed('repositories', repositoryId);
  center.live.changed('snapshots');
  center.live.changed('storage-nodes', node.id);
  await center.events.announce(event);
  await center.jobs.enqueueCare(repositoryId);
  return {
    repository: await getRepository(center, repositoryId),
    snapshots: added,
    unreadableSnapshots: read.unreadable,
  };
}

async function requireNode(center: Center, nodeId: string): Promise<StorageNodeRecord> {
  const node = await center.storageNodes.record(nodeId);
  if (node === null) throw refusedField('nodeId', nodeId, 'the id of an enrolled storage node');
  if (isOnline(node.lastHeartbeatAt, center)) return node;
  throw new Failure('node-offline', `${node.name} is offline`, { retryable: true });
}

/** A server has one repository of its own; a task of it may still go to any other. */
async function requireFreeServer(
  center: Center,
  sourceAddress: string,
  known: RepositoryRow | null,
): Promise<void> {
  if (known !== null) {
    if (known.sourceAddress === sourceAddress) return;
    const whose = known.sourceAddress ?? 'no server';
    throw refusedField('sourceAddress', sourceAddress, `none: this repository is registered, for ${whose}`);
  }
  await requireSourceAgent(center, sourceAddress);
  const own = await ownRepositoryOf(center, sourceAddress);
  if (own !== null) throw hasOwn(sourceAddress, own);
}

function hasOwn(sourceAddress: string, own: string): Failure {
  const expected = `a server without a repository of its own (it has ${own}), or none: its tasks can name this one`;
  return refusedField('sourceAddress', sourceAddress, expected, 'conflict');
}

function registered(repositoryId: string, node: { name: string }): Failure {
  const expected = `a repository that is not registered: this one is, with its copy on ${node.name}`;
  return refusedField('repositoryId', repositoryId, expected, 'conflict');
}

/** A copy has the config of the others, and opens with the password that runs are given. */
async function requireSame(
  center: Center,
  known: RepositoryRow,
  node: StorageNodeRecord,
  read: ReadCopy,
): Promise<void> {
  if (!Buffer.from(known.configBytes).equals(read.configBytes)) {
    const expected =
      'another name: a repository that is registered has this one, and it is not the same. Rename the folder on the node';
    throw refusedField('repositoryId', known.id, expected, 'conflict');
  }
  const { password } = await repositoryAccess(center, known.id);
  try {
    await readFoundCopy(center, known.id, node, password);
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'invalid-request') throw error;
    const expected = 'a copy that opens with the password this repository is registered with';
    throw refusedField('repositoryId', known.id, expected, 'conflict');
  }
}

async function register(
  tx: Prisma.TransactionClient,
  center: Center,
  { repositoryId, password, sourceAddress }: Adoption,
  { configBytes, keyName, keyBytes, formatVersion }: ReadCopy,
  adoptedAt: Date,
): Promise<void> {
  const same = await registeredWithConfig(tx, configBytes);
  if (same !== null) {
    const expected = `the name ${same}: it is a copy of that repository, so rename its folder on the node`;
    throw refusedField('repositoryId', repositoryId, expected, 'conflict');
  }
  const created = await registerRepository(tx, {
    id: repositoryId,
    sourceAddress,
    sealedPassword: sealPassword(center, repositoryId, password),
    configBytes,
    keyName,
    keyBytes,
    formatVersion,
    adoptedAt,
  });
  if (created) return;
  const what = sourceAddress === null ? repositoryId : `${repositoryId}, or one of ${sourceAddress},`;
  throw new Failure('conflict', `the repository ${what} was registered a moment ago`);
}

/** Each snapshot is shown with the server whose address is its host name, else with the one that was named. */
async function withServers(
  center: Pick<Center, 'agents'>,
  snapshots: ReadCopy['snapshots'],
  named: string | null,
): Promise<FoundSnapshot[]> {
  const agents = await center.agents.all();
  const servers = new Set(agents.filter(({ role }) => role === 'source').map(({ address }) => address));
  return snapshots.map((snapshot) => {
    const host = addressShape.safeParse(snapshot.hostname);
    const own = host.success && servers.has(host.data) ? host.data : null;
    return { ...snapshot, sourceAddress: own ?? named };
  });
}
