import { Failure } from '@breakwater/domain/failure';
import { isGoPrintable } from './go-printable.ts';
import { rawFromBytes } from './raw-string.ts';

const plainName = /^[\x20-\x21\x23-\x5b\x5d-\x7e]*$/;
const controlEscapes: { [codePoint: number]: string } = {
  7: '\\a',
  8: '\\b',
  12: '\\f',
  10: '\\n',
  13: '\\r',
  9: '\\t',
  11: '\\v',
  34: '\\"',
  92: '\\\\',
};

/** Go's strconv.Quote of a raw string, without the quotes around it: how restic writes a node's name. */
export function goQuote(raw: string): string {
  if (plainName.test(raw)) return raw;
  let quoted = '';
  for (const character of raw) {
    const codePoint = character.codePointAt(0) ?? 0;
    const control = controlEscapes[codePoint];
    if (control !== undefined) quoted += control;
    else if (isGoPrintable(codePoint)) quoted += character;
    else if (codePoint < 0x20 || codePoint === 0x7f) quoted += `\\x${hex(codePoint, 2)}`;
    else if (codePoint >= 0xdc80 && codePoint <= 0xdcff) quoted += `\\x${hex(codePoint - 0xdc00, 2)}`;
    else if (codePoint >= 0xd800 && codePoint <= 0xdfff) quoted += '\ufffd';
    else quoted += codePoint < 0x10000 ? `\\u${hex(codePoint, 4)}` : `\\U${hex(codePoint, 8)}`;
  }
  return quoted;
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}

const simpleEscapes: { [character: string]: number } = {
  a: 7,
  b: 8,
  f: 12,
  n: 10,
  r: 13,
  t: 9,
  v: 11,
  '"': 34,
  '\\': 92,
};
const escapeForm = /\\(?:([abfnrtv"\\])|x([0-9a-fA-F]{2})|([0-7]{3})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/y;

/** The raw string that `goQuote` wrote. Throws `repository-damaged` naming `what`. */
export function goUnquote(quoted: string, what: string): string {
  if (!quoted.includes('\\') && !quoted.includes('"') && !quoted.includes('\n')) return quoted.toWellFormed();
  const parts: Buffer[] = [];
  let at = 0;
  while (at < quoted.length) {
    const slash = quoted.indexOf('\\', at);
    const text = quoted.slice(at, slash < 0 ? quoted.length : slash);
    if (text.includes('"') || text.includes('\n')) throw damaged(quoted, what);
    parts.push(Buffer.from(text, 'utf8'));
    if (slash < 0) break;
    escapeForm.lastIndex = slash;
    const match = escapeForm.exec(quoted);
    if (match === null) throw damaged(quoted, what);
    parts.push(bytesOf(match, quoted, what));
    at = escapeForm.lastIndex;
  }
  return rawFromBytes(Buffer.concat(parts));
}

function bytesOf(match: RegExpExecArray, quoted: string, what: string): Buffer {
  const [, simple, hexByte, octal, short, long] = match;
  if (simple !== undefined) return Buffer.of(simpleEscapes[simple] ?? 0);
  if (hexByte !== undefined) return Buffer.of(Number.parseInt(hexByte, 16));
  if (octal !== undefined) {
    const byte = Number.parseInt(octal, 8);
    if (byte > 0xff) throw damaged(quoted, what);
    return Buffer.of(byte);
  }
  const codePoint = Number.parseInt(short ?? long ?? '', 16);
  if (codePoint > 0x10ffff || (codePoint >= 0xd800 && codePoint <= 0xdfff)) throw damaged(quoted, what);
  return Buffer.from(String.fromCodePoint(codePoint), 'utf8');
}

function damaged(quoted: string, what: string): Failure {
  return new Failure('repository-damaged', `${what}: ${JSON.stringify(quoted)} is not a quoted name`);
}
