import { resolve } from 'node:path';
import type { ReplicationEnd } from '@breakwater/contract/replication';
import type { RevocationList } from '@breakwater/contract/storage-token';
import { Failure } from '@breakwater/domain/failure';
import type { Logger } from '@breakwater/process/logger';
import { type Certificate, listen } from './http/node-server.ts';
import { CenterLink } from './link/center-link.ts';
import { centerMessageHandlers } from './link/center-messages.ts';
import { NodeHealth } from './node-health.ts';
import { LinkPeak } from './link-peak.ts';
import { NodeLine } from './node-line.ts';
import { NodeMetrics } from './node-metrics.ts';
import type { NodeParts } from './node-parts.ts';
import { PeersAtWork } from './peers-at-work.ts';
import { Replications } from './replicate/replications.ts';
import { ProbeGate } from './probe/probe-gate.ts';
import { lockDataFolder } from './state/data-folder-lock.ts';
import { reachableUrl, splitListenAddress } from './state/listen-address.ts';
import { type NodeState, rememberAddress, requireNodeState, writeNodeState } from './state/node-state.ts';
import { DiskStore } from './store/disk-store.ts';
import type { FileSystem } from './store/file-system.ts';
import { nodeFileSystem } from './store/node-file-system.ts';
import { fileSystemId } from './store/file-system-id.ts';
import { Revocations } from './tokens/revocations.ts';
import { TokenVerifier } from './tokens/token-verifier.ts';
import { nodeVersion } from './node-version.ts';

export interface StorageNodeOptions {
  /** An enrolled folder. */
  dataDir: string;
  logger: Logger;
  certificate?: Certificate | null;
  /** Share of the node's time that probes may take; 0.05 when not given. */
  probeShare?: number;
  heartbeatMs?: number;
  fileSystem?: FileSystem;
}

export interface StorageNode {
  nodeId: string;
  /** Where agents reach it, with the port that was bound. */
  url: string;
  /** Resolves when left-overs are removed and everything stored has been counted. */
  surveyed: Promise<void>;
  close: () => Promise<void>;
}

const DEFAULT_PROBE_SHARE = 0.05;
/** Stock restic may have worked on the folder itself meanwhile. */
const SURVEY_EVERY_MS = 24 * 3600 * 1000;

/** Starts an enrolled node and returns when it serves. Throws a `Failure` whose message is for people. */
export async function startStorageNode(options: StorageNodeOptions): Promise<StorageNode> {
  const dataDir = resolve(options.dataDir);
  const { logger } = options;
  const state = await requireNodeState(dataDir);
  assertSchemes(state, options.certificate ?? null);
  const lock = lockDataFolder(dataDir);
  const closers: (() => Promise<void> | void)[] = [() => lock.release()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const store = new DiskStore(options.fileSystem ?? nodeFileSystem, dataDir, state);
    const health = new NodeHealth(() => store.budget.capacity());
    const metrics = new NodeMetrics(
      () => store.budget.capacity(),
      () => store.usage.totalBytes(),
      () => health.isLinked,
    );
    const peers = new PeersAtWork();
    const linkPeak = new LinkPeak();
    const line = await NodeLine.load(dataDir, logger);
    closers.push(() => line.close());
    const revocations = await Revocations.load(dataDir);
    const { d: _secret, ...ownKey } = state.privateKey;
    const verifier = new TokenVerifier({
      nodeId: state.nodeId,
      keys: [...state.signingKeys, ownKey],
      isRevoked: (jti) => revocations.has(jti),
    });
    const surveyed = surveyInBackground(store, logger, closers);
    // A quota cannot be kept before it is known what is there.
    if (state.quotaBytes !== null) await surveyed;
    const server = await listen(
      {
        store,
        verifier,
        metrics,
        health,
        peers,
        linkPeak,
        line,
        logger,
        probeGate: new ProbeGate(options.probeShare ?? DEFAULT_PROBE_SHARE),
      },
      splitListenAddress(state.listen),
      options.certificate ?? null,
    );
    closers.push(() => server.close());
    const url = reachableUrl(state.publicUrl, server.port);
    await rememberAddress(dataDir, url);
    const release = async (reason: string) => {
      logger.warn({ reason }, 'the control center released this node; only its own tokens are valid now');
      await writeNodeState(dataDir, { ...state, credential: null, signingKeys: [] });
      verifier.trust([ownKey]);
      // After the answer to this message has left.
      setImmediate(() => link?.close());
    };
    const replications = new Replications({
      store,
      incoming: line.incoming,
      logger,
      tellProgress: async (name, progress) => link?.tell('replication-progress', { ...name, progress }),
      tellEnd: (end) => tellOf(link, end),
    });
    const disk = state.quotaBytes === null ? await fileSystemId(dataDir) : null;
    const link = linkToCenter(state, options, {
      status: async () => {
        replications.tellEnds();
        const status = await heartbeatStatus(store, health, { peers, linkPeak }, { url, disk });
        return { ...status, replications: replications.list() };
      },
      handlers: centerMessageHandlers({
        store,
        replications,
        revoke: (list: RevocationList) => revocations.replace(list, Date.now() / 1000),
        limit: (told) => line.limit(told),
        release,
      }),
      onConnection: (isConnected) => health.linked(isConnected),
      onClockOffset: (ms) => health.clockOffset(ms),
    });
    closers.push(() => link?.close());
    closers.push(() => replications.close());
    logger.info({ url, dataDir, nodeId: state.nodeId, name: state.name }, 'storage node is serving');
    return { nodeId: state.nodeId, url, surveyed, close };
  } catch (error) {
    await close();
    throw error;
  }
}

function linkToCenter(
  state: NodeState,
  options: StorageNodeOptions,
  parts: Pick<
    ConstructorParameters<typeof CenterLink>[0],
    'status' | 'handlers' | 'onConnection' | 'onClockOffset'
  >,
): CenterLink | null {
  if (state.credential === null) {
    options.logger.warn('this node was released by its control center; it serves its own tokens only');
    return null;
  }
  const link = new CenterLink({
    server: state.server,
    nodeId: state.nodeId,
    credential: state.credential,
    version: nodeVersion,
    logger: options.logger,
    ...(options.heartbeatMs !== undefined && { heartbeatMs: options.heartbeatMs }),
    ...parts,
  });
  link.open();
  return link;
}

async function tellOf(link: CenterLink | null, end: ReplicationEnd): Promise<void> {
  if (link === null) throw new Failure('unavailable', 'This node has no control center any more.');
  await link.tell('replication-ended', end);
}

async function heartbeatStatus(
  store: DiskStore,
  health: NodeHealth,
  { peers, linkPeak }: Pick<NodeParts, 'peers' | 'linkPeak'>,
  { url, disk }: { url: string; disk: string | null },
) {
  const { status, reason } = await health.report();
  const capacity = await store.budget.capacity();
  const quotaLeft = store.budget.quotaLeft();
  return {
    capacity,
    ...(quotaLeft !== null && { quotaLeftBytes: quotaLeft }),
    ...(disk !== null && { fileSystemId: disk }),
    repositories: store.usage.all(),
    transfersInFlight: peers.count(),
    peakReceivedPerSecond: linkPeak.bytesPerSecond(),
    health: status,
    healthReason: reason,
    url,
  };
}

function surveyInBackground(store: DiskStore, logger: Logger, closers: (() => void)[]): Promise<void> {
  const survey = async () => {
    try {
      const removed = await store.survey();
      if (removed > 0) logger.info({ removed }, 'removed what interrupted uploads had left behind');
    } catch (error) {
      logger.error({ err: error }, 'the store could not be surveyed');
    }
  };
  const timer = setInterval(() => void survey(), SURVEY_EVERY_MS);
  timer.unref();
  closers.push(() => clearInterval(timer));
  return survey();
}

function assertSchemes(state: NodeState, certificate: Certificate | null): void {
  if (certificate === null || state.publicUrl.startsWith('https:')) return;
  throw new Failure(
    'invalid-request',
    `The node was enrolled with the public URL ${state.publicUrl}, but is given a TLS certificate. Enrol it with an https URL.`,
  );
}
