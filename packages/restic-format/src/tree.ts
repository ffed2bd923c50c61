import { Failure } from '@breakwater/domain/failure';
import { goJson, goJsonString, type JsonValue, parseJson } from './go-json.ts';
import { goQuote, goUnquote } from './go-quote.ts';
import { formatGoTime, type GoTime } from './go-time.ts';
import { JsonFields } from './json-fields.ts';
import { compareRaw, rawBytes, rawFromBytes } from './raw-string.ts';

export interface ExtendedAttribute {
  name: string;
  value: Buffer | null;
}

/** What restic writes. Others may come from newer versions and are kept. */
export type NodeType = 'file' | 'dir' | 'symlink' | 'dev' | 'chardev' | 'fifo' | 'socket' | 'irregular';

/**
 * One entry of a directory. Empty strings, zeros and empty lists are left out of the JSON where restic does so.
 * `name` and `linkTarget` are byte strings held as JavaScript strings: bytes that are not UTF-8 stand as lone
 * surrogates U+DC80…U+DCFF (see raw-string.ts); `rawBytes()` gives the bytes for the file system.
 */
export interface TreeNode {
  name: string;
  type: string;
  /** Go's os.FileMode bits (see file-mode.ts), not st_mode. */
  mode: number;
  mtime: GoTime;
  atime: GoTime;
  ctime: GoTime;
  uid: number;
  gid: number;
  user: string;
  group: string;
  inode: bigint;
  /** st_dev; restic 0.14 writes it for every node, restic ≥ 0.18 for hard links only. */
  deviceId: bigint;
  /** Bytes; files only. */
  size: number;
  /** st_nlink of files, symlinks and devices. */
  links: number;
  linkTarget: string;
  /** Not of symlinks. */
  extendedAttributes: ExtendedAttribute[];
  /** Attributes of other systems, by name, kept as they are. */
  genericAttributes: { [name: string]: JsonValue } | null;
  /** st_rdev of devices. */
  device: bigint;
  /** Ids of the data blobs of a file in order ([] when it is empty); null for everything else. */
  content: string[] | null;
  /** Tree id of a directory. */
  subtree: string | null;
  error: string;
}

export interface Tree {
  /** By the bytes of their names, each name once. */
  nodes: TreeNode[];
}

/**
 * The bytes restic would store (its Node struct through Go's encoding/json, a newline at the end). The nodes may
 * come in any order; two of one name throw.
 */
export function encodeTree(tree: Tree): Buffer {
  const nodes = tree.nodes.toSorted((a, b) => compareRaw(a.name, b.name));
  for (const [at, node] of nodes.entries()) {
    if (at > 0 && nodes[at - 1]?.name === node.name) {
      throw new Failure('internal', `a directory cannot hold ${JSON.stringify(node.name)} twice`);
    }
  }
  return Buffer.from(`{"nodes":[${nodes.map(encodeNode).join(',')}]}\n`);
}

function encodeNode(node: TreeNode): string {
  let json = `{"name":${goJsonString(goQuote(node.name))},"type":${goJsonString(node.type)}`;
  if (node.mode !== 0) json += `,"mode":${node.mode}`;
  const mtime = formatGoTime(node.mtime);
  json += `,"mtime":"${mtime}","atime":"${node.atime === node.mtime ? mtime : formatGoTime(node.atime)}"`;
  json += `,"ctime":"${formatGoTime(node.ctime)}","uid":${node.uid},"gid":${node.gid}`;
  if (node.user !== '') json += `,"user":${goJsonString(node.user)}`;
  if (node.group !== '') json += `,"group":${goJsonString(node.group)}`;
  if (node.inode !== 0n) json += `,"inode":${node.inode}`;
  if (node.deviceId !== 0n) json += `,"device_id":${node.deviceId}`;
  if (node.size !== 0) json += `,"size":${node.size}`;
  if (node.links !== 0) json += `,"links":${node.links}`;
  if (node.linkTarget !== '') json += encodeLinkTarget(node.linkTarget);
  if (node.extendedAttributes.length > 0) {
    json += `,"extended_attributes":[${node.extendedAttributes.map(encodeAttribute).join(',')}]`;
  }
  const generic = node.genericAttributes;
  if (generic !== null && Object.keys(generic).length > 0) json += `,"generic_attributes":${goJson(generic)}`;
  if (node.device !== 0n) json += `,"device":${node.device}`;
  json += `,"content":${encodeIds(node.content)}`;
  if (node.subtree !== null) json += `,"subtree":"${node.subtree}"`;
  if (node.error !== '') json += `,"error":${goJsonString(node.error)}`;
  return `${json}}`;
}

function encodeIds(ids: string[] | null): string {
  if (ids === null) return 'null';
  return ids.length === 0 ? '[]' : `["${ids.join('","')}"]`;
}

/** Targets that are not UTF-8 are written raw as well, as restic ≥ 0.16 does; older versions read the text. */
function encodeLinkTarget(target: string): string {
  const text = `,"linktarget":${goJsonString(target)}`;
  if (target.isWellFormed()) return text;
  return `${text},"linktarget_raw":"${rawBytes(target).toString('base64')}"`;
}

function encodeAttribute({ name, value }: ExtendedAttribute): string {
  const encoded = value === null ? 'null' : `"${value.toString('base64')}"`;
  return `{"name":${goJsonString(name)},"value":${encoded}}`;
}

/**
 * Parses a tree of any restic version. Fields it does not know are passed over. Throws `repository-damaged` naming
 * the tree. Names are not judged here: whoever writes files must refuse `.`, `..`, and names with `/` or NUL.
 */
export function decodeTree(json: Uint8Array, treeId: string): Tree {
  const what = `tree ${treeId}`;
  const fields = new JsonFields(parseJson(json, what), what);
  const nodes = fields.list('nodes') ?? [];
  return { nodes: nodes.map((node) => decodeNode(new JsonFields(node, what))) };
}

const UINT32_MAX = 0xffff_ffff;

function decodeNode(fields: JsonFields): TreeNode {
  const rawTarget = fields.bytes('linktarget_raw');
  return {
    name: goUnquote(fields.string('name'), fields.what),
    type: fields.string('type'),
    mode: fields.uint('mode', UINT32_MAX),
    mtime: fields.time('mtime'),
    atime: fields.time('atime'),
    ctime: fields.time('ctime'),
    uid: fields.uint('uid', UINT32_MAX),
    gid: fields.uint('gid', UINT32_MAX),
    user: fields.string('user'),
    group: fields.string('group'),
    inode: fields.uint64('inode'),
    deviceId: fields.uint64('device_id'),
    size: fields.uint('size'),
    links: fields.uint('links'),
    linkTarget: rawTarget === null ? fields.string('linktarget').toWellFormed() : rawFromBytes(rawTarget),
    extendedAttributes: (fields.list('extended_attributes') ?? []).map((value) => {
      const attribute = new JsonFields(value, fields.what);
      return { name: attribute.string('name'), value: attribute.bytes('value') };
    }),
    genericAttributes: decodeGeneric(fields),
    device: fields.uint64('device'),
    content: fields.ids('content'),
    subtree: fields.optionalId('subtree'),
    error: fields.string('error'),
  };
}

function decodeGeneric(fields: JsonFields): { [name: string]: JsonValue } | null {
  const value = fields.raw('generic_attributes');
  if (value === null) return null;
  if (typeof value !== 'object' || Array.isArray(value))
    throw fields.wrong('generic_attributes', 'an object');
  return value;
}

/** A node with everything at its zero value, to fill in. */
export function emptyNode(
  name: string,
  type: NodeType,
  times: { mtime: GoTime; atime: GoTime; ctime: GoTime },
): TreeNode {
  return {
    name,
    type,
    mode: 0,
    ...times,
    uid: 0,
    gid: 0,
    user: '',
    group: '',
    inode: 0n,
    deviceId: 0n,
    size: 0,
    links: 0,
    linkTarget: '',
    extendedAttributes: [],
    genericAttributes: null,
    device: 0n,
    content: type === 'file' ? [] : null,
    subtree: null,
    error: '',
  };
}
