import { getSystemErrorMap } from 'node:util';
import { rawBytes, rawFromBytes } from '@breakwater/restic-format/raw-string';
import koffi from 'koffi';

/**
 * The system calls that Node does not offer and a backup cannot do without: times in whole nanoseconds (Node's
 * take a float of seconds), special files, extended attributes, and the *at() family, with which a restore never
 * walks through a path that somebody else may swap for a symlink. 64-bit Linux only.
 */
const libc = openLibc();

const AT_SYMLINK_NOFOLLOW = 0x100;

/** Linux open(2) flags that node:fs has no constant for. */
export const O_PATH = 0o10000000;
export const O_CLOEXEC = 0o2000000;

const calls = {
  utimensat: libc.func('int utimensat(int fd, const void *path, const void *times, int flags)'),
  futimens: libc.func('int futimens(int fd, const void *times)'),
  mknodat: libc.func('int mknodat(int fd, const void *path, uint32_t mode, uint64_t device)'),
  openat: libc.func('int openat(int fd, const void *path, int flags, uint32_t mode)'),
  mkdirat: libc.func('int mkdirat(int fd, const void *path, uint32_t mode)'),
  symlinkat: libc.func('int symlinkat(const void *target, int fd, const void *path)'),
  linkat: libc.func('int linkat(int fromFd, const void *from, int toFd, const void *to, int flags)'),
  renameat: libc.func('int renameat(int fromFd, const void *from, int toFd, const void *to)'),
  unlinkat: libc.func('int unlinkat(int fd, const void *path, int flags)'),
  fchownat: libc.func('int fchownat(int fd, const void *path, uint32_t uid, uint32_t gid, int flags)'),
  llistxattr: libc.func('int64 llistxattr(const void *path, void *list, uint64_t size)'),
  lgetxattr: libc.func('int64 lgetxattr(const void *path, const void *name, void *value, uint64_t size)'),
  fsetxattr: libc.func(
    'int fsetxattr(int fd, const void *name, const void *value, uint64_t size, int flags)',
  ),
  lsetxattr: libc.func(
    'int lsetxattr(const void *path, const void *name, const void *value, uint64_t size, int flags)',
  ),
};

function openLibc(): ReturnType<typeof koffi.load> {
  const tried: string[] = [];
  for (const name of [
    'libc.so.6',
    'libc.so',
    `libc.musl-${process.arch === 'arm64' ? 'aarch64' : 'x86_64'}.so.1`,
  ]) {
    try {
      return koffi.load(name);
    } catch (error) {
      tried.push(`${name}: ${(error as Error).message}`);
    }
  }
  throw new Error(`The C library cannot be loaded (${tried.join('; ')})`);
}

/** A C string: the bytes and a NUL. A name that holds a NUL itself would be cut short, so it is refused. */
function cString(bytes: Uint8Array): Buffer {
  if (bytes.includes(0)) throw systemError('EINVAL', 'a name holds a NUL byte');
  const out = Buffer.allocUnsafe(bytes.length + 1);
  out.set(bytes);
  out[bytes.length] = 0;
  return out;
}

function systemError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${message}`), { code });
}

function checked(result: number | bigint, syscall: string): number {
  if (result >= 0) return Number(result);
  const errno = koffi.errno();
  const [code, text] = getSystemErrorMap().get(-errno) ?? [`E${errno}`, `error ${errno}`];
  throw Object.assign(systemError(code, `${text}, ${syscall}`), { errno: -errno, syscall });
}

const NS_PER_SECOND = 1_000_000_000n;

function writeTimespec(target: BigInt64Array, at: number, ns: bigint): void {
  let seconds = ns / NS_PER_SECOND;
  let rest = ns % NS_PER_SECOND;
  if (rest < 0n) {
    seconds -= 1n;
    rest += NS_PER_SECOND;
  }
  target[at] = seconds;
  target[at + 1] = rest;
}

/** Sets access and modification time (ns since 1970, may be negative); a symlink's own, not its target's. */
export function setTimesAt(folder: number, name: Uint8Array, atimeNs: bigint, mtimeNs: bigint): void {
  const times = timesOf(atimeNs, mtimeNs);
  checked(calls.utimensat(folder, cString(name), times, AT_SYMLINK_NOFOLLOW), 'utimensat');
}

/**
 * Access and modification time (ns since 1970, may be negative) as the system takes them: seconds and nanoseconds of
 * the one, then of the other.
 */
export function timesOf(atimeNs: bigint, mtimeNs: bigint): BigInt64Array {
  const times = new BigInt64Array(4);
  writeTimespec(times, 0, atimeNs);
  writeTimespec(times, 2, mtimeNs);
  return times;
}

/** Sets the times of an open file or folder. */
export function setTimesOf(file: number, times: BigInt64Array): void {
  checked(calls.futimens(file, times), 'futimens');
}

/** Creates a FIFO or device; `mode` is st_mode with its type bits, `device` a st_rdev as lstat gives it. */
export function makeNodeAt(folder: number, name: Uint8Array, mode: number, device: bigint): void {
  checked(calls.mknodat(folder, cString(name), mode, device), 'mknodat');
}

export function openAt(folder: number, name: Uint8Array, flags: number, mode = 0): number {
  return checked(calls.openat(folder, cString(name), flags | O_CLOEXEC, mode), 'openat');
}

export function makeFolderAt(folder: number, name: Uint8Array, mode: number): void {
  checked(calls.mkdirat(folder, cString(name), mode), 'mkdirat');
}

export function makeSymlinkAt(target: Uint8Array, folder: number, name: Uint8Array): void {
  checked(calls.symlinkat(cString(target), folder, cString(name)), 'symlinkat');
}

export function linkAt(fromFolder: number, from: Uint8Array, toFolder: number, to: Uint8Array): void {
  checked(calls.linkat(fromFolder, cString(from), toFolder, cString(to), 0), 'linkat');
}

/** Replaces what is at the new name, but never a folder. */
export function renameAt(folder: number, from: Uint8Array, to: Uint8Array): void {
  checked(calls.renameat(folder, cString(from), folder, cString(to)), 'renameat');
}

export function removeFileAt(folder: number, name: Uint8Array): void {
  checked(calls.unlinkat(folder, cString(name), 0), 'unlinkat');
}

const AT_REMOVEDIR = 0x200;

/** Removes an empty folder. */
export function removeFolderAt(folder: number, name: Uint8Array): void {
  checked(calls.unlinkat(folder, cString(name), AT_REMOVEDIR), 'unlinkat');
}

/** Changes the owner of the entry itself, never of what a symlink points to. */
export function chownAt(folder: number, name: Uint8Array, uid: number, gid: number): void {
  checked(calls.fchownat(folder, cString(name), uid, gid, AT_SYMLINK_NOFOLLOW), 'fchownat');
}

export interface ExtendedAttribute {
  /** A raw string: most are ASCII, but any bytes may be in it. */
  name: string;
  value: Buffer;
}

const NO_ATTRIBUTES = new Set(['ENOTSUP', 'EOPNOTSUPP', 'ENODATA']);
const listBuffer = Buffer.alloc(65_536);

/**
 * Extended attributes of a path (of a symlink itself), in the kernel's order; none where not supported. One that
 * cannot be read is told and left out. Throws the system's error when they cannot be listed.
 */
export function readAttributes(
  path: Uint8Array,
  onUnreadable: (error: unknown) => void = () => undefined,
): ExtendedAttribute[] {
  const cPath = cString(path);
  let length: number;
  try {
    length = checked(calls.llistxattr(cPath, listBuffer, listBuffer.length), 'llistxattr');
  } catch (error) {
    if (NO_ATTRIBUTES.has((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
  if (length === 0) return [];
  const found: ExtendedAttribute[] = [];
  for (let start = 0, end = 0; start < length; start = end + 1) {
    end = listBuffer.indexOf(0, start);
    const name = rawFromBytes(listBuffer.subarray(start, end));
    try {
      const value = readAttribute(cPath, name);
      if (value !== undefined) found.push({ name, value });
    } catch (error) {
      onUnreadable(error);
    }
  }
  return found;
}

/** undefined when the attribute went away between listing and reading. */
function readAttribute(cPath: Buffer, name: string): Buffer | undefined {
  // The kernel's largest value is 64 KiB (XATTR_SIZE_MAX).
  const value = Buffer.alloc(65_536);
  try {
    const cName = cString(rawBytes(name));
    const length = checked(calls.lgetxattr(cPath, cName, value, value.length), 'lgetxattr');
    return Buffer.from(value.subarray(0, length));
  } catch (error) {
    if (NO_ATTRIBUTES.has((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

/** `name` as `readAttributes` gives it. */
export function writeAttribute(file: number, name: string, value: Uint8Array): void {
  const bytes = Buffer.from(value);
  checked(calls.fsetxattr(file, cString(rawBytes(name)), bytes, bytes.length, 0), 'fsetxattr');
}

/** Sets an attribute of the entry itself, never of what a symlink points to. */
export function writeAttributeAt(folder: number, entry: Uint8Array, name: string, value: Uint8Array): void {
  // There is no *at() form before Linux 6.13; below this path the kernel starts from the open folder all the same.
  const path = cString(Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), entry]));
  const bytes = Buffer.from(value);
  checked(calls.lsetxattr(path, cString(rawBytes(name)), bytes, bytes.length, 0), 'lsetxattr');
}
