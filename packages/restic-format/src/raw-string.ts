/**
 * File names and link targets are bytes, mostly UTF-8. As a JavaScript string ("raw string") each byte that is not
 * part of valid UTF-8 stands as one lone surrogate U+DC00 + byte (U+DC80…U+DCFF). No valid UTF-8 decodes to a lone
 * surrogate, so the mapping is exact both ways.
 */
const LONE = 0xdc00;

/** Whether the string is plain UTF-8 text, so that any API taking strings will use the right bytes. */
export function isPlain(raw: string): boolean {
  return raw.isWellFormed();
}

export function rawBytes(raw: string): Buffer {
  if (raw.isWellFormed()) return Buffer.from(raw, 'utf8');
  const parts: Buffer[] = [];
  let start = 0;
  for (let at = 0; at < raw.length; at += 1) {
    const unit = raw.charCodeAt(at);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    if (unit < LONE && at + 1 < raw.length) {
      const next = raw.charCodeAt(at + 1);
      if (next >= LONE && next <= 0xdfff) {
        at += 1;
        continue;
      }
    }
    parts.push(Buffer.from(raw.slice(start, at), 'utf8'));
    // A lone surrogate that stands for no byte cannot come from a name; write the replacement character.
    parts.push(unit >= 0xdc80 && unit <= 0xdcff ? Buffer.of(unit - LONE) : Buffer.from('\ufffd'));
    start = at + 1;
  }
  parts.push(Buffer.from(raw.slice(start), 'utf8'));
  return Buffer.concat(parts);
}

export function rawFromBytes(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = buffer.toString('utf8');
  if (!text.includes('\ufffd')) return text;
  let raw = '';
  let start = 0;
  let at = 0;
  while (at < buffer.length) {
    const length = sequenceLength(buffer, at);
    if (length > 0) {
      at += length;
      continue;
    }
    raw += buffer.toString('utf8', start, at) + String.fromCharCode(LONE + (buffer[at] ?? 0));
    at += 1;
    start = at;
  }
  return raw + buffer.toString('utf8', start);
}

/** For people: bytes that are no text become U+FFFD. */
export function rawToDisplay(raw: string): string {
  return raw.toWellFormed();
}

/** Order of the bytes, which is the order of nodes in a tree. */
export function compareRaw(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at += 1) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left === right) continue;
    // Above the surrogates UTF-16 order is not byte order.
    if (left < 0xd800 && right < 0xd800) return left - right;
    return Buffer.compare(rawBytes(a), rawBytes(b));
  }
  if (a.length === b.length) return 0;
  // A pair cut in two, or a byte beside a prefix, is settled by the bytes as well.
  return Buffer.compare(rawBytes(a), rawBytes(b));
}

/** Bytes of the valid UTF-8 sequence at `at`, or 0 (Go's rules: no surrogates, nothing overlong, max U+10FFFF). */
export function sequenceLength(bytes: Uint8Array, at: number): 0 | 1 | 2 | 3 | 4 {
  const lead = bytes[at] ?? 0x80;
  if (lead < 0x80) return 1;
  if (lead < 0xc2 || lead > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  if (lead < 0xe0) return 2;
  if (!isContinuation(bytes[at + 2])) return 0;
  if (lead < 0xf0) return 3;
  return isContinuation(bytes[at + 3]) ? 4 : 0;
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte <= 0xbf;
}
