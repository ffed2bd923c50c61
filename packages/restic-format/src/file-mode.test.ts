import { expect, it } from 'vitest';
import { goModeFromUnix, nodeTypeOf, unixModeFromGo, unixPermissions } from './file-mode.ts';

// From Go: os.FileMode of the same st_mode, as a number.
it.each([
  [0o100644, 'file', 420],
  [0o100000, 'file', 0],
  [0o104755, 'file', 0x00800000 + 0o755],
  [0o102755, 'file', 0x00400000 + 0o755],
  [0o101644, 'file', 0x00100000 + 0o644],
  [0o040755, 'dir', 0x80000000 + 0o755],
  [0o041777, 'dir', 0x80100000 + 0o777],
  [0o120777, 'symlink', 134218239],
  [0o060660, 'dev', 0x04000000 + 0o660],
  [0o020666, 'chardev', 0x04200000 + 0o666],
  [0o010600, 'fifo', 0x02000000 + 0o600],
  [0o140777, 'socket', 0x01000000 + 0o777],
] as const)('st_mode %o is a %s with Go mode %d', (stMode, type, goMode) => {
  expect(nodeTypeOf(stMode)).toBe(type);
  expect(goModeFromUnix(stMode)).toBe(goMode);
  expect(unixModeFromGo(goMode)).toBe(stMode);
  expect(unixPermissions(goMode)).toBe(stMode & 0o7777);
});

it('knows every permission', () => {
  for (let permissions = 0; permissions <= 0o7777; permissions += 1) {
    expect(unixModeFromGo(goModeFromUnix(0o100000 | permissions))).toBe(0o100000 | permissions);
  }
});
