import { formatGoTime } from '@breakwater/restic-format/go-time';
import { rawToDisplay } from '@breakwater/restic-format/raw-string';
import type { Repository } from '@breakwater/restic-format/repository';
import type { StoredSnapshot } from '@breakwater/restic-format/snapshot';
import type { TreeNode } from '@breakwater/restic-format/tree';
import { displayPath } from '../source/display-path.ts';
import type { WantedObjects } from './find.ts';
import { goModeString, localTime, nodeLine } from './node-listing.ts';
import { type JsonRecord, printable, type RepoOutput } from './repo-output.ts';

/**
 * Tells what `find` finds as restic does: for programs as one array, whose elements are snapshots with their matches,
 * or objects.
 */
export class FindReport {
  readonly #output: RepoOutput;
  readonly #long: boolean;
  readonly #human: boolean;
  #snapshot: StoredSnapshot | null = null;
  /** The snapshot that the last match was in. */
  #told: StoredSnapshot | null = null;
  readonly #groups: { matches: JsonRecord[]; hits: number; snapshot: string }[] = [];
  readonly #objects: JsonRecord[] = [];

  constructor(output: RepoOutput, options: { long: boolean; humanReadable: boolean }) {
    this.#output = output;
    this.#long = options.long;
    this.#human = options.humanReadable;
  }

  /** What is told from now on is in this snapshot. */
  begin(snapshot: StoredSnapshot): void {
    this.#snapshot = snapshot;
  }

  tellNode(path: string, node: TreeNode): void {
    const found = this.#snapshot;
    if (found === null) return;
    if (found !== this.#told) this.#beginGroup(found);
    if (this.#output.json) {
      const group = this.#groups.at(-1);
      group?.matches.push(matchRecord(path, node));
      if (group !== undefined) group.hits += 1;
    } else {
      this.#output.text(printable(displayPath(nodeLine(path, node, this.#long, this.#human))));
    }
  }

  tellObject(
    kind: 'blob' | 'tree',
    id: string,
    path: string,
    parentTree: string | null,
    { id: snapshotId, snapshot }: StoredSnapshot,
  ): void {
    if (this.#output.json) {
      this.#objects.push({
        object_type: kind,
        id,
        path: rawToDisplay(path),
        parent_tree: parentTree ?? undefined,
        snapshot: snapshotId,
        time: formatGoTime(snapshot.time),
      });
      return;
    }
    const shown = printable(displayPath(path));
    const lines =
      kind === 'blob' ? [` ... in file ${shown}`, `     (tree ${parentTree})`] : [` ... path ${shown}`];
    this.#output.text(
      [
        `Found ${kind} ${id}`,
        ...lines,
        ` ... in snapshot ${snapshotId.slice(0, 8)} (${localTime(snapshot.time)})`,
      ].join('\n'),
    );
  }

  /** For people only: which packs the wanted objects lie in. */
  tellPacks({ index }: Repository, wanted: WantedObjects): void {
    for (const type of ['data', 'tree'] as const) {
      for (const id of wanted[type]) {
        const places = /^[0-9a-f]{64}$/.test(id) ? index.lookupAll(type, id) : [];
        if (places.length === 0) this.#output.text(`Object ${id} with type ${type} not found in the index`);
        for (const { packId } of places) {
          this.#output.text(
            `Object belongs to pack ${packId}\n ... Pack ${packId}: <${type}/${id.slice(0, 8)}>`,
          );
        }
      }
    }
  }

  end(): void {
    this.#output.document(this.#objects.length > 0 ? this.#objects : this.#groups);
  }

  #beginGroup(found: StoredSnapshot): void {
    if (this.#output.json) this.#groups.push({ matches: [], hits: 0, snapshot: found.id });
    else {
      const blank = this.#told === null ? '' : '\n';
      const time = localTime(found.snapshot.time);
      this.#output.text(`${blank}Found matching entries in snapshot ${found.id.slice(0, 8)} from ${time}`);
    }
    this.#told = found;
  }
}

/** restic's node with path and permissions, without its name, content and attributes. */
function matchRecord(path: string, node: TreeNode): JsonRecord {
  return {
    path: rawToDisplay(path),
    permissions: goModeString(node.mode),
    type: node.type,
    mode: node.mode || undefined,
    mtime: formatGoTime(node.mtime),
    atime: formatGoTime(node.atime),
    ctime: formatGoTime(node.ctime),
    uid: node.uid,
    gid: node.gid,
    user: node.user || undefined,
    group: node.group || undefined,
    inode: node.inode || undefined,
    device_id: node.deviceId || undefined,
    size: node.size || undefined,
    links: node.links || undefined,
    linktarget: node.linkTarget === '' ? undefined : rawToDisplay(node.linkTarget),
  };
}
