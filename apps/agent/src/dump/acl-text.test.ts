import { expect, it } from 'vitest';
import { aclText } from './acl-text.ts';

function entry(tag: number, rights: number, id = 0xffff_ffff): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(tag, 0);
  bytes.writeUInt16LE(rights, 2);
  bytes.writeUInt32LE(id, 4);
  return bytes;
}
const version = Buffer.of(2, 0, 0, 0);

it('writes ACLs in their long text form', () => {
  const acl = [
    version,
    entry(1, 7),
    entry(2, 4, 1000),
    entry(4, 5),
    entry(8, 6, 65534),
    entry(16, 7),
    entry(32, 0),
  ];
  expect(aclText(Buffer.concat(acl))).toBe(
    'user::rwx\nuser:1000:r--\ngroup::r-x\ngroup:65534:rw-\nmask::rwx\nother::---\n',
  );
});

it.each([
  ['nothing', Buffer.alloc(0)],
  ['another version', Buffer.concat([Buffer.of(3, 0, 0, 0), entry(1, 7)])],
  ['a cut entry', Buffer.concat([version, entry(1, 7).subarray(1)])],
  ['an unknown tag', Buffer.concat([version, entry(64, 7)])],
])('does not understand %s', (_what, bytes) => {
  expect(aclText(bytes)).toBeNull();
});
