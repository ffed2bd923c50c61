import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  constants,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { makeNodeAt, setTimesAt, writeAttribute } from '../posix/libc.ts';

export const asRoot = process.geteuid?.() === 0;

/** A path below `folder`; a string may hold any bytes as latin1 characters. */
function below(folder: string, latin1: string): Buffer {
  return Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(latin1, 'latin1')]);
}

const NAMES = [
  ' leading and trailing ',
  'single \' and double " quotes',
  'back\\slash \\n \\x41',
  'new\nline and\ttab',
  'control \x01\x1b[31m\x7f',
  '-rf',
  '*?[a-z]{b}',
  '.hidden',
  '...',
  'latin1 \xe9 is not UTF-8',
  '\xff\xfe\x80',
  'cut UTF-8 \xf0\x9f\x98',
  'x'.repeat(255),
];
const UNICODE_NAMES = [
  'émoji 😀',
  'e\u0301 combining',
  'line\u2028separator',
  '\ufffd replacement',
  '\u00a0nbsp',
  '中文',
  '\ue000 private',
  '\u{10ffff}',
];

/** Nanoseconds since 1970: far before, just before, at and after it, beyond 2038, and with every digit used. */
const TIMES = [
  -2_208_988_800_123_456_789n,
  -86_400_000_000_001n,
  -1n,
  0n,
  1n,
  999_999_999n,
  1_234_567_890_987_654_321n,
  4_102_444_800_000_000_007n,
];

export interface NastyTreeOptions {
  smallFiles?: number;
  /** Size of one large file, bytes; none by default. */
  bigFile?: number;
  /** Entries of mode 000, which only root can read. */
  unreadable?: boolean;
}

/** Fills an existing folder with what breaks backup programs. Devices only as root. */
export function makeNastyTree(folder: string, options: NastyTreeOptions = {}): void {
  makeFiles(folder, options.smallFiles ?? 500);
  if (options.bigFile !== undefined) makeBigFile(`${folder}/big`, options.bigFile);
  makeNames(`${folder}/names`);
  makeLinks(`${folder}/links`);
  makeModes(`${folder}/modes`, options.unreadable ?? asRoot);
  makeSpecials(`${folder}/specials`);
  makeTimes(`${folder}/times`);
  makeAttributes(`${folder}/attributes`);
}

function makeFiles(folder: string, smallFiles: number): void {
  mkdirSync(`${folder}/empty folder`);
  writeFileSync(`${folder}/empty`, '');
  writeFileSync(`${folder}/random`, randomBytes(3_500_000));
  writeFileSync(`${folder}/zeros`, Buffer.alloc(9_000_000));
  writeFileSync(`${folder}/text`, 'All work and no play makes Jack a dull boy.\n'.repeat(40_000));
  // Around the chunker's minimum, below which a file is one chunk.
  for (const size of [1, 524_287, 524_288, 524_289])
    writeFileSync(`${folder}/size ${size}`, randomBytes(size));
  for (let number = 0; number < smallFiles; number++) {
    const sub = `${folder}/small/${number % 7}/${number % 3}`;
    if (number < 21) mkdirSync(sub, { recursive: true });
    writeFileSync(`${sub}/file ${number}`, `content of ${number}\n`.repeat(number % 50));
  }
}

/** A quarter of random bytes, a quarter of text, a hole, and the random bytes once more but shifted. */
function makeBigFile(path: string, size: number): void {
  const quarter = Math.floor(size / 4);
  const piece = 1024 * 1024;
  const random = randomBytes(Math.min(quarter, 64 * piece));
  const text = Buffer.from('INSERT INTO lines VALUES (42, "All work and no play");\n'.repeat(20_000));
  const file = openSync(path, 'w');
  const fill = (from: number, to: number, source: Buffer): void => {
    for (let at = from; at < to; ) at += writeSync(file, source, 0, Math.min(source.length, to - at), at);
  };
  try {
    for (let at = 0; at < quarter; at += random.length) {
      // Another first byte in each piece, so that no two repeat whole.
      for (let one = 0; one < random.length; one += piece / 4) random[one] = (random[one] ?? 0) + 1;
      fill(at, Math.min(quarter, at + random.length), random);
    }
    fill(quarter, 2 * quarter, text);
    fill(3 * quarter + 12_345, size, random);
  } finally {
    closeSync(file);
  }
}

function makeNames(folder: string): void {
  mkdirSync(folder);
  const names = [...NAMES, ...UNICODE_NAMES.map((name) => Buffer.from(name).toString('latin1'))];
  for (const name of names) writeFileSync(below(folder, name), name);
  const sub = below(folder, 'folder \xc3\x28');
  mkdirSync(sub);
  writeFileSync(Buffer.concat([sub, Buffer.from('/file \xff', 'latin1')]), 'below a name that is not UTF-8');
}

function makeLinks(folder: string): void {
  mkdirSync(folder);
  writeFileSync(`${folder}/one`, 'one, two and three are one file');
  linkSync(`${folder}/one`, `${folder}/two`);
  mkdirSync(`${folder}/deeper`);
  linkSync(`${folder}/one`, `${folder}/deeper/three`);
  writeFileSync(`${folder}/empty one`, '');
  linkSync(`${folder}/empty one`, `${folder}/empty two`);
  symlinkSync('one', `${folder}/relative`);
  symlinkSync('/nowhere/at all', `${folder}/dangling`);
  symlinkSync('../..', `${folder}/up`);
  symlinkSync('deeper', `${folder}/to folder`);
  symlinkSync('a "quoted"\n😀 target', `${folder}/odd target`);
}

function makeModes(folder: string, unreadable: boolean): void {
  mkdirSync(folder);
  const modes = [0o600, 0o644, 0o755, 0o4755, 0o2711, 0o6777, 0o1644, 0o444, 0o400];
  for (const mode of unreadable ? [...modes, 0] : modes) {
    const path = `${folder}/file ${mode.toString(8)}`;
    writeFileSync(path, 'x');
    chmodSync(path, mode);
  }
  for (const mode of [0o700, 0o1777, 0o2775, 0o500, 0o555]) {
    const path = `${folder}/folder ${mode.toString(8)}`;
    mkdirSync(path);
    writeFileSync(`${path}/inside`, 'y');
    chmodSync(path, mode);
  }
}

function makeSpecials(folder: string): void {
  mkdirSync(folder);
  const parent = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    makeNodeAt(parent, Buffer.from('fifo'), 0o010640, 0n);
    if (!asRoot) return;
    makeNodeAt(parent, Buffer.from('null device'), 0o020666, BigInt((1 << 8) | 3));
    makeNodeAt(parent, Buffer.from('loop device'), 0o060660, BigInt((7 << 8) | 200));
    makeNodeAt(parent, Buffer.from('large minor'), 0o020600, (0x123n << 20n) | (240n << 8n) | 0x56n);
  } finally {
    closeSync(parent);
  }
}

function makeTimes(folder: string): void {
  mkdirSync(folder);
  const parent = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    for (const [at, ns] of TIMES.entries()) {
      const [file, link, sub] = [`file ${at}`, `link ${at}`, `folder ${at}`];
      writeFileSync(`${folder}/${file}`, String(ns));
      symlinkSync(file, `${folder}/${link}`);
      mkdirSync(`${folder}/${sub}`);
      for (const name of [file, link, sub]) setTimesAt(parent, Buffer.from(name), ns, ns);
    }
  } finally {
    closeSync(parent);
  }
}

/** Where the file system has user attributes. */
function makeAttributes(folder: string): void {
  mkdirSync(folder);
  const path = `${folder}/tagged`;
  writeFileSync(path, 'tagged');
  const file = openSync(path, 'r+');
  try {
    writeAttribute(file, 'user.breakwater.text', Buffer.from('value'));
    writeAttribute(file, 'user.breakwater.bytes', Buffer.of(0, 255, 128, 10));
    writeAttribute(file, 'user.breakwater.empty', Buffer.alloc(0));
  } catch (error) {
    if (!['ENOTSUP', 'EOPNOTSUPP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    closeSync(file);
  }
}

/** Makes everything below readable again, so that an ordinary user can remove it. */
export function unlockTree(folder: string): void {
  for (const name of ['folder 500', 'folder 555']) {
    const path = `${folder}/modes/${name}`;
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) chmodSync(path, 0o700);
  }
}
