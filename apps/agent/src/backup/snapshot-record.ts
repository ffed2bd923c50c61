import { userInfo } from 'node:os';
import { type GoTime, localGoTimeFromMs } from '@breakwater/restic-format/go-time';
import type { WrittenCounts } from '@breakwater/restic-format/repository-writer';
import type { Snapshot } from '@breakwater/restic-format/snapshot';
import type { BackupCounters } from './backup-counters.ts';
import { programVersion } from './program-version.ts';

export interface SnapshotFacts {
  time: GoTime;
  tree: string;
  parent: string | null;
  /** Absolute. */
  paths: string[];
  hostname: string;
  username: string | undefined;
  excludes: readonly string[];
  tags: readonly string[];
  description: string | undefined;
  /** Epoch ms. */
  startedAt: number;
  counters: BackupCounters;
  written: WrittenCounts;
}

/** The snapshot as restic 0.17 and later write it, with its summary. */
export function snapshotRecord(facts: SnapshotFacts): Snapshot {
  const { items, filesDone, bytesDone } = facts.counters;
  return {
    time: facts.time,
    parent: facts.parent,
    tree: facts.tree,
    paths: facts.paths,
    hostname: facts.hostname,
    username: facts.username ?? userInfo().username,
    uid: process.getuid?.() ?? 0,
    gid: process.getgid?.() ?? 0,
    excludes: [...facts.excludes],
    tags: [...facts.tags],
    original: null,
    programVersion: programVersion(),
    summary: {
      backupStart: localGoTimeFromMs(facts.startedAt),
      backupEnd: localGoTimeFromMs(Date.now()),
      ...items,
      dataBlobs: facts.written.dataBlobs,
      treeBlobs: facts.written.treeBlobs,
      dataAdded: facts.written.bytesAdded,
      dataAddedPacked: facts.written.bytesStored,
      totalFilesProcessed: filesDone,
      totalBytesProcessed: bytesDone,
    },
    ...(facts.description !== undefined && { description: facts.description }),
  };
}
