/** Tags of entries in Linux's binary form of POSIX ACLs (linux/posix_acl_xattr.h). */
const TAGS: Readonly<Record<number, { word: string; named: boolean }>> = {
  1: { word: 'user', named: false },
  2: { word: 'user', named: true },
  4: { word: 'group', named: false },
  8: { word: 'group', named: true },
  16: { word: 'mask', named: false },
  32: { word: 'other', named: false },
};

/**
 * A POSIX ACL, as the attributes `system.posix_acl_…` hold it, in the long text form of acl(5) with numeric ids: one
 * entry a line. Null when it is none of version 2.
 */
export function aclText(binary: Buffer): string | null {
  if (binary.length < 4 || (binary.length - 4) % 8 !== 0 || binary.readUInt32LE(0) !== 2) return null;
  let text = '';
  for (let at = 4; at < binary.length; at += 8) {
    const tag = TAGS[binary.readUInt16LE(at)];
    if (tag === undefined) return null;
    const rights = binary.readUInt16LE(at + 2);
    const id = tag.named ? String(binary.readUInt32LE(at + 4)) : '';
    const letters = `${rights & 4 ? 'r' : '-'}${rights & 2 ? 'w' : '-'}${rights & 1 ? 'x' : '-'}`;
    text += `${tag.word}:${id}:${letters}\n`;
  }
  return text;
}
