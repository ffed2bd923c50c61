/** Go's os.FileMode bits, as they stand in a tree node's `mode`. */
export const GO_MODE_DIR = 0x80000000;
export const GO_MODE_SYMLINK = 0x08000000;
export const GO_MODE_DEVICE = 0x04000000;
export const GO_MODE_NAMED_PIPE = 0x02000000;
export const GO_MODE_SOCKET = 0x01000000;
export const GO_MODE_SETUID = 0x00800000;
export const GO_MODE_SETGID = 0x00400000;
export const GO_MODE_CHAR_DEVICE = 0x00200000;
export const GO_MODE_STICKY = 0x00100000;
export const GO_MODE_IRREGULAR = 0x00080000;

const S_IFMT = 0o170000;

export type UnixFileType = 'file' | 'dir' | 'symlink' | 'dev' | 'chardev' | 'fifo' | 'socket' | 'irregular';

/** restic's node type for a unix st_mode. */
export function nodeTypeOf(stMode: number): UnixFileType {
  switch (stMode & S_IFMT) {
    case 0o100000:
      return 'file';
    case 0o040000:
      return 'dir';
    case 0o120000:
      return 'symlink';
    case 0o060000:
      return 'dev';
    case 0o020000:
      return 'chardev';
    case 0o010000:
      return 'fifo';
    case 0o140000:
      return 'socket';
    default:
      return 'irregular';
  }
}

const typeBits: Record<UnixFileType, number> = {
  file: 0,
  dir: GO_MODE_DIR,
  symlink: GO_MODE_SYMLINK,
  dev: GO_MODE_DEVICE,
  chardev: GO_MODE_DEVICE + GO_MODE_CHAR_DEVICE,
  fifo: GO_MODE_NAMED_PIPE,
  socket: GO_MODE_SOCKET,
  // Go's os.Lstat sets no type bit for a type it does not know.
  irregular: 0,
};

/** unix st_mode → Go mode (unsigned 32 bits). */
export function goModeFromUnix(stMode: number): number {
  let mode = typeBits[nodeTypeOf(stMode)] + (stMode & 0o777);
  if (stMode & 0o4000) mode += GO_MODE_SETUID;
  if (stMode & 0o2000) mode += GO_MODE_SETGID;
  if (stMode & 0o1000) mode += GO_MODE_STICKY;
  return mode;
}

/** Go mode → the 12 permission bits for chmod. */
export function unixPermissions(goMode: number): number {
  let mode = goMode & 0o777;
  if (goMode & GO_MODE_SETUID) mode |= 0o4000;
  if (goMode & GO_MODE_SETGID) mode |= 0o2000;
  if (goMode & GO_MODE_STICKY) mode |= 0o1000;
  return mode;
}

/** Go mode → st_mode with the type bits. */
export function unixModeFromGo(goMode: number): number {
  return unixPermissions(goMode) | unixType(goMode);
}

function unixType(goMode: number): number {
  if (goMode & GO_MODE_DIR) return 0o040000;
  if (goMode & GO_MODE_SYMLINK) return 0o120000;
  if (goMode & GO_MODE_CHAR_DEVICE) return 0o020000;
  if (goMode & GO_MODE_DEVICE) return 0o060000;
  if (goMode & GO_MODE_NAMED_PIPE) return 0o010000;
  if (goMode & GO_MODE_SOCKET) return 0o140000;
  return 0o100000;
}
