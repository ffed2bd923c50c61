import { asFailure, Failure } from '@breakwater/domain/failure';
import { ByteBudget } from './byte-budget.ts';
import type { PackVerdict } from './check-job.ts';
import type { CheckPool } from './check-pool.ts';
import { isAboutFile, type ProblemLog } from './check-problem.ts';
import { eachInParallel } from './each-in-parallel.ts';
import { fileSourceOf } from './pack-source.ts';
import { ENTRY_BYTES, readEntry } from './packed-entries.ts';
import type { Repository } from './repository.ts';

/** Packs read or verified at once, and bytes of them: what bounds the memory. */
const PACKS_AT_ONCE = 6;
const BYTES_AT_ONCE = 40 * 1024 * 1024;

export interface CheckPacksOptions {
  signal?: AbortSignal | undefined;
  /** Bytes of a pack that was just read. */
  onPack?: (bytes: number) => void;
}

/**
 * Reads packs whole and verifies them: the hash, the header against the index, and every blob. Returns the data blobs
 * that no pack has whole any more, as far as is known.
 */
export async function checkPacks(
  repository: Repository,
  wanted: ReadonlyMap<string, number>,
  pool: CheckPool,
  log: ProblemLog,
  { signal, onPack }: CheckPacksOptions = {},
): Promise<Set<string>> {
  const budget = new ByteBudget(BYTES_AT_ONCE);
  /** Data blobs that are damaged somewhere, and the packs they are damaged in. */
  const damaged = new Map<string, Set<string>>();
  await eachInParallel(wantedOnly(repository, wanted), PACKS_AT_ONCE, async (pack) => {
    const { packId, size } = pack;
    const returned = await budget.take(size);
    try {
      if (signal?.aborted) throw new Failure('cancelled', 'cancelled', { cause: signal.reason });
      const ids = await checkPack(repository, pack, pool, log, signal);
      for (const id of ids) damaged.set(id, (damaged.get(id) ?? new Set()).add(packId));
      onPack?.(size);
    } finally {
      returned();
    }
  });
  const lost = new Set<string>();
  for (const [id, packs] of damaged) {
    const places = repository.index.lookupAll('data', id);
    if (places.every(({ packId }) => packs.has(packId))) lost.add(id);
  }
  return lost;
}

interface WantedPack {
  packId: string;
  entries: Buffer;
  size: number;
}

function* wantedOnly(repository: Repository, wanted: ReadonlyMap<string, number>): Generator<WantedPack> {
  for (const { packId, entries } of repository.index.packedEntries()) {
    const size = wanted.get(packId);
    if (size !== undefined) yield { packId, entries, size };
  }
}

/** Ids of the pack's damaged data blobs. */
async function checkPack(
  repository: Repository,
  pack: WantedPack,
  pool: CheckPool,
  log: ProblemLog,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const { packId, entries } = pack;
  const first = await readAndVerify(repository, pack, pool, signal);
  if (isSound(first)) return [];
  // Once more: what is right the second time tells of a cable or of memory, not of the pack.
  const second = await readAndVerify(repository, pack, pool, signal);
  const what = { kind: 'pack-damaged', severity: 'error', packId } as const;
  if (isSound(second)) {
    const reason = 'reason' in first ? first.reason : 'its bytes were others than the second time';
    log.add({ ...what, message: `pack ${packId} was read wrong once and right the second time: ${reason}` });
    return [];
  }
  if ('reason' in second) {
    log.add({ ...what, message: `pack ${packId}: ${second.reason}` });
    return [];
  }
  for (const flaw of second.flaws) log.add({ ...what, message: `pack ${packId} ${flaw}` });
  const ids: string[] = [];
  for (const { entry, reason } of second.damaged) {
    const { type, id } = readEntry(entries, entry * ENTRY_BYTES);
    log.add({ ...what, message: `pack ${packId} is damaged at ${type} blob ${id}: ${reason}`, blobId: id });
    if (type === 'data') ids.push(id);
  }
  return ids;
}

/** Why the pack could not be read at all, or what was found in it. */
async function readAndVerify(
  repository: Repository,
  { packId, entries: kept, size }: WantedPack,
  pool: CheckPool,
  signal: AbortSignal | undefined,
): Promise<PackVerdict | { reason: string }> {
  // The entries are given away; they are needed again for a second reading.
  const entries = (): Buffer => Buffer.from(kept);
  const file = fileSourceOf(repository.store, packId, { offset: 0, length: size });
  if (file !== null) {
    const verdict = await pool.verifyPack({ packId, source: file, entries: entries() });
    if (verdict.work === 'pack') return verdict;
  }
  let source: Buffer;
  try {
    source = await repository.store.read('data', packId, undefined, signal);
  } catch (error) {
    const failure = asFailure(error);
    if (!isAboutFile(failure)) throw failure;
    return { reason: failure.message };
  }
  const verdict = await pool.verifyPack({ packId, source, entries: entries() });
  if (verdict.work === 'pack') return verdict;
  throw new Failure('internal', `pack ${packId} is in memory and was not read`);
}

function isSound(verdict: PackVerdict | { reason: string }): boolean {
  return !('reason' in verdict) && verdict.flaws.length === 0 && verdict.damaged.length === 0;
}
