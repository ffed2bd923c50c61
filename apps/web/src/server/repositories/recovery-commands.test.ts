import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quoted, recoveryCommands } from './recovery-commands.ts';

describe('quoted', () => {
  it.each(['plain', "it's", 'a b', '$HOME', '`id`', 'ü/é', '', '"x"', 'a\nb'])(
    'is taken literally: %j',
    (text) => {
      const printed = execFileSync('/bin/sh', ['-c', `printf '%s' ${quoted(text)}`], { encoding: 'utf8' });
      expect(printed).toBe(text);
    },
  );
});

describe('recoveryCommands', () => {
  const id = 'f00d';
  const NEW = `0123abcd${'0'.repeat(56)}`;
  const OLD = `4567abcd${'0'.repeat(56)}`;

  it('restores from the folder and over the network', () => {
    const commands = recoveryCommands(id, 'pass', [
      { node: 'alpha', url: 'http://h:8000/f00d/', path: '/data/my nodes/alpha/f00d', snapshotIds: [NEW] },
    ]);
    expect(commands).toEqual([
      'export RESTIC_PASSWORD=pass',
      "restic -r '/data/my nodes/alpha/f00d' --no-lock snapshots",
      "restic -r '/data/my nodes/alpha/f00d' --no-lock restore 0123abcd --target ./restored",
      "export TOKEN=$(npx breakwater-node access-token --data '/data/my nodes/alpha' --repository f00d --verbs read)",
      'restic -r "rest:http://any:$TOKEN@h:8000/f00d/" --no-lock restore 0123abcd --target ./restored',
    ]);
  });

  it("restores each task's newest snapshot from the copies that hold it, into folders of their own", () => {
    const commands = recoveryCommands(id, 'pass', [
      { node: 'alpha', url: 'http://a/f00d/', path: '/a/f00d', snapshotIds: [NEW] },
      { node: 'beta', url: 'http://b/f00d/', path: '/b/f00d', snapshotIds: [NEW, OLD] },
    ]);
    expect(commands.filter((command) => command.startsWith('restic -r /'))).toEqual([
      'restic -r /a/f00d --no-lock snapshots',
      'restic -r /a/f00d --no-lock restore 0123abcd --target ./restored-0123abcd',
      'restic -r /b/f00d --no-lock snapshots',
      'restic -r /b/f00d --no-lock restore 0123abcd --target ./restored-0123abcd',
      'restic -r /b/f00d --no-lock restore 4567abcd --target ./restored-4567abcd',
    ]);
    expect(commands).toContain(
      'restic -r "rest:http://any:$TOKEN@b/f00d/" --no-lock restore 4567abcd --target ./restored-4567abcd',
    );
  });

  it('does without the path of a node that could not be asked', () => {
    const commands = recoveryCommands(id, 'pass', [
      { node: 'alpha', url: 'https://h/f00d/', path: null, snapshotIds: [] },
    ]);
    expect(commands.filter((command) => command.startsWith('restic'))).toEqual([
      'restic -r "rest:https://any:$TOKEN@h/f00d/" --no-lock restore latest --target ./restored',
    ]);
  });

  it('has nothing to say while there is no copy', () => {
    expect(recoveryCommands(id, 'pass', [])).toEqual([]);
  });
});
