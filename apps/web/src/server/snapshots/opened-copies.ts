import { randomUUID } from 'node:crypto';
import { Failure } from '@breakwater/domain/failure';
import { openRepository, type Repository } from '@breakwater/restic-format/repository';
import { createRestStore, type RestStore } from '@breakwater/storage-client/rest-store';
import { isOnline } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import { copyUrl } from '../repositories/create-copy.ts';
import { repositoryAccess } from '../repositories/repository-access.ts';
import { signStorageToken } from '../storage-tokens/storage-token.ts';
import type { SnapshotRow } from './snapshots.ts';

/** A copy that is open for reading. Its token is renewed by `fresh`, which is called before each stretch of work. */
export interface OpenCopy {
  nodeName: string;
  repository: Repository;
  fresh(): Promise<void>;
}

const TOKEN_SECONDS = 600;
const RENEW_BEFORE_MS = 120_000;
/** Opening a copy means its whole index in memory, some 50 bytes a blob: so many blobs are kept open, all told. */
const MAX_BLOBS = 8_000_000;
const MAX_OPEN = 8;
const IDLE_MS = 10 * 60_000;

interface Entry {
  opened: Promise<Opened>;
  usedAt: number;
}
interface Opened extends OpenCopy {
  store: RestStore;
  blobs(): number;
  reloadIndex(): Promise<void>;
}

export interface OpenCopies {
  /** Opens the snapshot on one of the nodes that hold it. Throws `node-offline` when none is online. */
  withSnapshot<T>(snapshot: SnapshotRow, work: (copy: OpenCopy) => Promise<T>): Promise<T>;
}

const all = new WeakMap<Center, OpenCopies>();

/** The copies that this control center has open; the least recently used are closed first. */
export function openCopies(center: Center): OpenCopies {
  let copies = all.get(center);
  if (copies === undefined) {
    copies = createOpenCopies(center);
    all.set(center, copies);
  }
  return copies;
}

function createOpenCopies(center: Center): OpenCopies {
  const entries = new Map<string, Entry>();

  const take = async (repositoryId: string, node: NodeOfCopy): Promise<Opened> => {
    const key = `${repositoryId}/${node.id}/${node.url}`;
    const entry = entries.get(key) ?? { opened: open(center, repositoryId, node), usedAt: 0 };
    entry.usedAt = center.now();
    entries.delete(key);
    entries.set(key, entry);
    try {
      const opened = await entry.opened;
      await closeOthers(entries, center.now());
      return opened;
    } catch (error) {
      entries.delete(key);
      throw error;
    }
  };

  return {
    async withSnapshot(snapshot, work) {
      const nodes = snapshot.copies.map(({ copy }) => copy.node);
      const online = nodes.filter((node) => isOnline(node.lastHeartbeatAt, center));
      let trouble: unknown = new Failure(
        'node-offline',
        `no storage node that holds this snapshot is online (${nodes.map((node) => node.name).join(', ')})`,
        { retryable: true },
      );
      for (const node of online) {
        try {
          const copy = await take(snapshot.repositoryId, node);
          await copy.fresh();
          // The index was read before this snapshot was written.
          if (!copy.repository.index.has('tree', snapshot.tree)) await copy.reloadIndex();
          return await work(copy);
        } catch (error) {
          if (!(error instanceof Failure) || !tryElsewhere.has(error.code)) throw error;
          trouble = error;
        }
      }
      throw trouble;
    },
  };
}

const tryElsewhere: ReadonlySet<string> = new Set([
  'node-unreachable',
  'node-offline',
  'timeout',
  'unavailable',
  'pack-damaged',
]);

interface NodeOfCopy {
  id: string;
  name: string;
  url: string;
}

async function open(center: Center, repositoryId: string, node: NodeOfCopy): Promise<Opened> {
  const { password } = await repositoryAccess(center, repositoryId);
  let token = '';
  let expiresAt = 0;
  const fresh = async () => {
    if (expiresAt - center.now() > RENEW_BEFORE_MS) return;
    const grant = {
      jti: `read.${randomUUID()}`,
      subject: 'center',
      nodeId: node.id,
      repositoryId,
      verbs: ['read'] as const,
      seconds: TOKEN_SECONDS,
    };
    const signed = await signStorageToken(center.keys.signing, grant, center.now());
    token = signed.token;
    expiresAt = signed.exp * 1000;
  };
  await fresh();
  const store = createRestStore({ url: copyUrl(node.url, repositoryId), token: () => token });
  try {
    const repository = await openRepository(store, password);
    await repository.loadIndex();
    const reloadIndex = async () => {
      await repository.loadIndex();
    };
    return { nodeName: node.name, repository, store, fresh, reloadIndex, blobs: () => repository.index.size };
  } catch (error) {
    store.close();
    throw error;
  }
}

/** Closes what has been idle for long, and the least recently used while too much is open. The newest stays. */
async function closeOthers(entries: Map<string, Entry>, now: number): Promise<void> {
  const sizes = new Map<string, number>();
  for (const [key, { opened }] of entries) {
    // One that is still being opened counts when it is open.
    const open = await Promise.race([opened.catch(() => null), Promise.resolve(null)]);
    sizes.set(key, open?.blobs() ?? 0);
  }
  let blobs = [...sizes.values()].reduce((sum, size) => sum + size, 0);
  for (const [key, entry] of [...entries].slice(0, -1)) {
    const idle = now - entry.usedAt > IDLE_MS;
    if (!idle && blobs <= MAX_BLOBS && entries.size <= MAX_OPEN) continue;
    entries.delete(key);
    blobs -= sizes.get(key) ?? 0;
    entry.opened.then((opened) => opened.store.close()).catch(() => {});
  }
}
