import { readFile } from 'node:fs/promises';
import { Failure } from '@breakwater/domain/failure';
import { rawFromBytes } from '@breakwater/restic-format/raw-string';
import { errorCode } from '../posix/error-code.ts';

/**
 * A text file as restic reads it: UTF-8, or UTF-16 with a byte order mark. Returned as a raw string, so that lines
 * which name files in other encodings keep their bytes. Throws `invalid-request` naming the option and the file.
 */
export async function readTextFile(option: string, file: string): Promise<string> {
  return decodeText(await readBytes(option, file));
}

export async function readBytes(option: string, file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Failure(
      'invalid-request',
      `${option} is "${file}": it cannot be read (${errorCode(error) ?? String(error)})`,
    );
  }
}

export function decodeText(bytes: Buffer): string {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return rawFromBytes(bytes.subarray(3));
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return rawFromBytes(bytes);
}

/** Lines without their ends (`\n` or `\r\n`). */
export function linesOf(text: string): string[] {
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
