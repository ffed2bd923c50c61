import { isId } from './blob.ts';

/**
 * Adds the ids a tree's JSON refers to; returns why it is no tree, or null. Only these two fields are looked at:
 * whatever else a newer writer puts into a node must not keep its blobs from being found.
 */
export function collectReferences(json: Uint8Array, subtrees: string[], contents: string[]): string | null {
  const bytes = Buffer.from(json.buffer, json.byteOffset, json.byteLength);
  const [subtreesBefore, contentsBefore] = [subtrees.length, contents.length];
  if (scanReferences(bytes, subtrees, contents)) return null;
  subtrees.length = subtreesBefore;
  contents.length = contentsBefore;
  return parseReferences(bytes, subtrees, contents);
}

const HEX_ID = 64;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN = 0x5b;
const CLOSE = 0x5d;
const CLOSE_OBJECT = 0x7d;

/**
 * Finds the ids without parsing, ten times as fast: most trees are restic's own compact JSON. In such, `"subtree"`
 * with both quotes bare is a key or a whole string: within a string the quotes would be escaped. Whatever is not just
 * so (spaces, escapes in keys, nested objects that might have such keys, a folder without a tree) makes it return
 * false, and the tree is parsed.
 */
function scanReferences(json: Buffer, subtrees: string[], contents: string[]): boolean {
  if (!json.subarray(0, TREE_BEGINS.length).equals(TREE_BEGINS)) return false;
  if (!json.subarray(-TREE_ENDS.length).equals(TREE_ENDS)) return false;
  if (json.includes('\\u') || json.includes('"generic_attributes"')) return false;
  let folders = 0;
  for (let at = json.indexOf(IS_FOLDER); at >= 0; at = json.indexOf(IS_FOLDER, at + 1)) folders += 1;
  let found = 0;
  for (let at = json.indexOf(SUBTREE); at >= 0; at = json.indexOf(SUBTREE, at + 1)) {
    const end = at + SUBTREE.length;
    if (isEndOfValue(json[end])) continue;
    if (json[end] !== COLON) return false;
    const id = quotedId(json, end + 1);
    if (id === null) return false;
    subtrees.push(id);
    found += 1;
  }
  if (found !== folders) return false;
  for (let at = json.indexOf(CONTENT); at >= 0; at = json.indexOf(CONTENT, at + 1)) {
    const end = at + CONTENT.length;
    if (isEndOfValue(json[end])) continue;
    if (json[end] !== COLON || !scanList(json, end + 1, contents)) return false;
  }
  return true;
}

const TREE_BEGINS = Buffer.from('{"nodes":[');
/** restic puts a newline behind it. */
const TREE_ENDS = Buffer.from(']}\n');
const SUBTREE = Buffer.from('"subtree"');
const CONTENT = Buffer.from('"content"');
const IS_FOLDER = Buffer.from('"type":"dir"');
const NULL = Buffer.from('null');

function isEndOfValue(byte: number | undefined): boolean {
  return byte === COMMA || byte === CLOSE || byte === CLOSE_OBJECT;
}

function scanList(json: Buffer, start: number, ids: string[]): boolean {
  if (json.subarray(start, start + NULL.length).equals(NULL)) return true;
  if (json[start] !== OPEN) return false;
  let at = start + 1;
  if (json[at] === CLOSE) return true;
  for (;;) {
    const id = quotedId(json, at);
    if (id === null) return false;
    ids.push(id);
    at += HEX_ID + 2;
    if (json[at] === CLOSE) return true;
    if (json[at] !== COMMA) return false;
    at += 1;
  }
}

function quotedId(json: Buffer, at: number): string | null {
  if (json[at] !== QUOTE || json[at + HEX_ID + 1] !== QUOTE) return null;
  const id = json.toString('latin1', at + 1, at + HEX_ID + 1);
  return isId(id) ? id : null;
}

function parseReferences(json: Uint8Array, subtrees: string[], contents: string[]): string | null {
  let tree: unknown;
  try {
    tree = JSON.parse(Buffer.from(json.buffer, json.byteOffset, json.byteLength).toString('utf8'));
  } catch (error) {
    return `it is not JSON: ${(error as Error).message}`;
  }
  if (typeof tree !== 'object' || tree === null || !('nodes' in tree)) return 'it has no list of nodes';
  const { nodes } = tree;
  // Go writes an empty list that was never made as null.
  if (nodes === null) return null;
  if (!Array.isArray(nodes)) return 'it has no list of nodes';
  for (const node of nodes as unknown[]) {
    if (typeof node !== 'object' || node === null) return 'a node of it is no object';
    const { type, subtree, content } = node as { type?: unknown; subtree?: unknown; content?: unknown };
    if (isId(subtree)) subtrees.push(subtree);
    else if (subtree !== undefined && subtree !== null) return 'a node of it has a subtree that is no id';
    else if (type === 'dir') return 'a folder in it has no tree';
    if (content === undefined || content === null) continue;
    if (!Array.isArray(content) || !content.every(isId))
      return 'a node of it has content that is no list of ids';
    for (const id of content as string[]) contents.push(id);
  }
  return null;
}
