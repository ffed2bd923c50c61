import { closeSync, mkdirSync, openSync, readdirSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from './random-bytes.ts';

export const setNames = ['tree', 'dump', 'random'] as const;
export type SetName = (typeof setNames)[number];

export const setDescriptions: Record<SetName, string> = {
  tree: '64,000 small files of text and of random bytes, 11 KB on average',
  dump: 'one SQL dump of 1 GiB',
  random: 'four files of 256 MiB of random bytes',
};

const MIB = 1024 * 1024;
const FOLDERS = 64;
const SUBFOLDERS = 10;
const FILES_IN_FOLDER = 100;
const DUMP_BYTES = 1024 * MIB;
const RANDOM_FILES = 4;
const RANDOM_FILE_BYTES = 256 * MIB;
/** Large files change in pieces: that many places of one MiB for each hundred MiB. */
const CHANGED_PIECE_BYTES = MIB;

/** Makes a set in a new folder. `scale` 1 is the full size. */
export function makeSet(name: SetName, folder: string, scale: number): void {
  mkdirSync(folder, { recursive: true });
  if (name === 'tree') makeTree(folder, scale);
  else if (name === 'dump') makeDump(join(folder, 'dump.sql'), Math.round(DUMP_BYTES * scale));
  else {
    for (let file = 0; file < RANDOM_FILES; file += 1) {
      makeRandom(join(folder, `disk-${file}.img`), Math.round(RANDOM_FILE_BYTES * scale), file + 1);
    }
  }
}

/**
 * Changes so many in a hundred: of the files in a tree (at most 10), of the bytes of large files (in the dump every
 * piece gets another length, so that all that follows moves). `seed` makes each time another change.
 */
export function changeSet(name: SetName, folder: string, seed: number, percent = 1): void {
  const random = new SeededRandom(1_000_003 * (seed + 1));
  if (name === 'tree') changeTree(folder, random, percent);
  else {
    for (const file of readdirSync(folder)) changeLarge(join(folder, file), name === 'dump', random, percent);
  }
}

function makeTree(folder: string, scale: number): void {
  const random = new SeededRandom(64_000);
  const text = makeText(random, 4 * MIB);
  const noise = new Uint32Array(MIB);
  random.fill(noise);
  const noiseBytes = Buffer.from(noise.buffer);
  for (let top = 0; top < Math.max(1, Math.round(FOLDERS * scale)); top += 1) {
    for (let sub = 0; sub < SUBFOLDERS; sub += 1) {
      const path = join(folder, `project-${top}`, `part-${sub}`);
      mkdirSync(path, { recursive: true });
      for (let file = 0; file < FILES_IN_FOLDER; file += 1) {
        const bytes = 40 + Math.floor(random.skewed() * 33_000);
        const isText = file % 10 < 7;
        const from = random.integer((isText ? text : noiseBytes).length - bytes);
        const header = Buffer.from(`/* file ${top}.${sub}.${file} */\n`);
        const body = (isText ? text : noiseBytes).subarray(from, from + bytes);
        writeFileSync(join(path, `file-${file}.${isText ? 'txt' : 'bin'}`), Buffer.concat([header, body]));
      }
    }
  }
}

function changeTree(folder: string, random: SeededRandom, percent: number): void {
  for (const top of readdirSync(folder)) {
    for (const sub of readdirSync(join(folder, top))) {
      const first = random.integer(FILES_IN_FOLDER / 10);
      for (let file = 0; file < percent; file += 1) {
        const number = ((first + file) * 10) % FILES_IN_FOLDER;
        const path = join(folder, top, sub, `file-${number}.txt`);
        const { size } = statSync(path);
        const text = makeText(random, size).toString();
        writeFileSync(path, `/* changed ${random.integer(1_000_000_000)} */\n${text}`);
      }
    }
  }
}

function changeLarge(path: string, moves: boolean, random: SeededRandom, percent: number): void {
  const { size } = statSync(path);
  const pieces = Math.max(1, Math.round((size * percent) / 100 / CHANGED_PIECE_BYTES));
  if (moves) {
    // Appended as a database dumps what is new, and rows replaced in between.
    const file = openSync(path, 'a');
    writeSync(file, makeRows(random, size, 64 * 1024));
    closeSync(file);
  }
  const file = openSync(path, 'r+');
  for (let piece = 0; piece < pieces; piece += 1) {
    const at = Math.floor(((piece + 0.5) / pieces) * Math.max(0, size - CHANGED_PIECE_BYTES));
    const bytes = moves ? makeRows(random, at, CHANGED_PIECE_BYTES) : makeNoise(random, CHANGED_PIECE_BYTES);
    writeSync(file, bytes, 0, Math.min(bytes.length, size - at), at);
  }
  closeSync(file);
}

function makeDump(path: string, bytes: number): void {
  const random = new SeededRandom(17);
  const file = openSync(path, 'w');
  for (let done = 0; done < bytes; ) {
    done += writeSync(file, makeRows(random, done, Math.min(4 * MIB, bytes - done)));
  }
  closeSync(file);
}

function makeRandom(path: string, bytes: number, seed: number): void {
  const random = new SeededRandom(seed * 7919);
  const file = openSync(path, 'w');
  for (let done = 0; done < bytes; ) {
    done += writeSync(file, makeNoise(random, Math.min(4 * MIB, bytes - done)));
  }
  closeSync(file);
}

function makeNoise(random: SeededRandom, bytes: number): Buffer {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  random.fill(words);
  return Buffer.from(words.buffer).subarray(0, bytes);
}

let wordList: string[] | null = null;

function words(): string[] {
  if (wordList !== null) return wordList;
  const random = new SeededRandom(4001);
  const letters = 'etaoinshrdlucmfwypvbgkjqxz';
  wordList = Array.from({ length: 4000 }, () => {
    let word = '';
    for (let left = 2 + random.integer(8); left > 0; left -= 1) {
      word += letters[Math.floor(random.skewed() * letters.length)] ?? 'e';
    }
    return word;
  });
  return wordList;
}

function makeText(random: SeededRandom, bytes: number): Buffer {
  const list = words();
  const parts: string[] = [];
  for (let length = 0, column = 0; length < bytes; ) {
    const word = list[Math.floor(random.skewed() * list.length)] ?? '';
    column = column > 80 ? 0 : column + word.length + 1;
    parts.push(word, column === 0 ? '\n' : ' ');
    length += word.length + 1;
  }
  return Buffer.from(parts.join('')).subarray(0, bytes);
}

/** Rows as a dump has them: ids that count up, names, prices, times, hashes. */
function makeRows(random: SeededRandom, first: number, bytes: number): Buffer {
  const list = words();
  const rows: string[] = [];
  for (let length = 0, id = first; length < bytes; id += 1) {
    const name = `${list[random.integer(list.length)]} ${list[random.integer(list.length)]}`;
    const row = `INSERT INTO orders VALUES (${id},'${name}',${random.integer(100_000) / 100},'2026-${1 + random.integer(12)}-${1 + random.integer(28)} 12:${random.integer(60)}:${random.integer(60)}','${random.integer(0xffff_ffff).toString(16)}${random.integer(0xffff_ffff).toString(16)}',${random.integer(5)});\n`;
    rows.push(row);
    length += row.length;
  }
  return Buffer.from(rows.join('')).subarray(0, bytes);
}
