import { goJsonString, parseJson } from './go-json.ts';
import { formatGoTime, type GoTime } from './go-time.ts';
import { JsonFields } from './json-fields.ts';

/** Statistics of the backup, written by restic ≥ 0.17. Bytes and counts. */
export interface SnapshotSummary {
  backupStart: GoTime;
  backupEnd: GoTime;
  filesNew: number;
  filesChanged: number;
  filesUnmodified: number;
  dirsNew: number;
  dirsChanged: number;
  dirsUnmodified: number;
  dataBlobs: number;
  treeBlobs: number;
  dataAdded: number;
  dataAddedPacked: number;
  totalFilesProcessed: number;
  totalBytesProcessed: number;
}

export interface Snapshot {
  time: GoTime;
  parent: string | null;
  /** Tree id. */
  tree: string;
  paths: string[];
  hostname: string;
  username: string;
  uid: number;
  gid: number;
  excludes: string[];
  tags: string[];
  original: string | null;
  /** Empty when unknown. */
  programVersion: string;
  summary: SnapshotSummary | null;
  /**
   * Our own field: what the snapshot is, in a person's words. Stock restic passes over it when it reads, and loses
   * it when it writes the snapshot anew (`tag`, `rewrite`, `copy`).
   */
  description?: string;
}

export interface StoredSnapshot {
  id: string;
  snapshot: Snapshot;
}

/** The JSON restic would store, without a newline. */
export function encodeSnapshot(snapshot: Snapshot): Buffer {
  let json = `{"time":"${formatGoTime(snapshot.time)}"`;
  if (snapshot.parent !== null) json += `,"parent":"${snapshot.parent}"`;
  json += `,"tree":"${snapshot.tree}","paths":${strings(snapshot.paths)}`;
  if (snapshot.hostname !== '') json += `,"hostname":${goJsonString(snapshot.hostname)}`;
  if (snapshot.username !== '') json += `,"username":${goJsonString(snapshot.username)}`;
  if (snapshot.uid !== 0) json += `,"uid":${snapshot.uid}`;
  if (snapshot.gid !== 0) json += `,"gid":${snapshot.gid}`;
  if (snapshot.excludes.length > 0) json += `,"excludes":${strings(snapshot.excludes)}`;
  if (snapshot.tags.length > 0) json += `,"tags":${strings(snapshot.tags)}`;
  if (snapshot.original !== null) json += `,"original":"${snapshot.original}"`;
  if (snapshot.programVersion !== '') json += `,"program_version":${goJsonString(snapshot.programVersion)}`;
  if (snapshot.summary !== null) json += `,"summary":${encodeSummary(snapshot.summary)}`;
  if (snapshot.description) json += `,"description":${goJsonString(snapshot.description)}`;
  return Buffer.from(`${json}}`);
}

function strings(values: string[]): string {
  return `[${values.map(goJsonString).join(',')}]`;
}

/** JSON name of each count, in restic's order. */
const summaryCounts = [
  ['files_new', 'filesNew'],
  ['files_changed', 'filesChanged'],
  ['files_unmodified', 'filesUnmodified'],
  ['dirs_new', 'dirsNew'],
  ['dirs_changed', 'dirsChanged'],
  ['dirs_unmodified', 'dirsUnmodified'],
  ['data_blobs', 'dataBlobs'],
  ['tree_blobs', 'treeBlobs'],
  ['data_added', 'dataAdded'],
  ['data_added_packed', 'dataAddedPacked'],
  ['total_files_processed', 'totalFilesProcessed'],
  ['total_bytes_processed', 'totalBytesProcessed'],
] as const;

function encodeSummary(summary: SnapshotSummary): string {
  const counts = summaryCounts.map(([name, key]) => `"${name}":${summary[key]}`).join(',');
  const { backupStart, backupEnd } = summary;
  return `{"backup_start":"${formatGoTime(backupStart)}","backup_end":"${formatGoTime(backupEnd)}",${counts}}`;
}

/** Parses a snapshot of any restic version. Throws `repository-damaged` naming it. */
export function decodeSnapshot(json: Uint8Array, snapshotId: string): Snapshot {
  const what = `snapshot ${snapshotId}`;
  const fields = new JsonFields(parseJson(json, what), what);
  const UINT32_MAX = 0xffff_ffff;
  // Nobody's format yet: anything but text there is another program's.
  const description = fields.raw('description');
  return {
    time: fields.time('time'),
    parent: fields.optionalId('parent'),
    tree: fields.id('tree'),
    paths: fields.strings('paths'),
    hostname: fields.string('hostname'),
    username: fields.string('username'),
    uid: fields.uint('uid', UINT32_MAX),
    gid: fields.uint('gid', UINT32_MAX),
    excludes: fields.strings('excludes'),
    tags: fields.strings('tags'),
    original: fields.optionalId('original'),
    programVersion: fields.string('program_version'),
    summary: decodeSummary(fields),
    ...(typeof description === 'string' && description !== '' && { description }),
  };
}

function decodeSummary(snapshot: JsonFields): SnapshotSummary | null {
  const value = snapshot.raw('summary');
  if (value === null) return null;
  const fields = new JsonFields(value, `${snapshot.what}: summary`);
  return {
    backupStart: fields.time('backup_start'),
    backupEnd: fields.time('backup_end'),
    filesNew: fields.uint('files_new'),
    filesChanged: fields.uint('files_changed'),
    filesUnmodified: fields.uint('files_unmodified'),
    dirsNew: fields.uint('dirs_new'),
    dirsChanged: fields.uint('dirs_changed'),
    dirsUnmodified: fields.uint('dirs_unmodified'),
    dataBlobs: fields.uint('data_blobs'),
    treeBlobs: fields.uint('tree_blobs'),
    dataAdded: fields.uint('data_added'),
    dataAddedPacked: fields.uint('data_added_packed'),
    totalFilesProcessed: fields.uint('total_files_processed'),
    totalBytesProcessed: fields.uint('total_bytes_processed'),
  };
}
