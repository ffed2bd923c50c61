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

  it('restores from the folder and over the network', () => {
    const commands = recoveryCommands(id, 'pass', [
      { node: 'alpha', url: 'http://h:8000/f00d/', path: '/data/my nodes/alpha/f00d' },
    ]);
    expect(commands).toEqual([
      'export RESTIC_PASSWORD=pass',
      "restic -r '/data/my nodes/alpha/f00d' --no-lock snapshots",
      "restic -r '/data/my nodes/alpha/f00d' --no-lock restore latest --target ./restored",
      "export TOKEN=$(npx breakwater-node access-token --data '/data/my nodes/alpha' --repository f00d --verbs read)",
      'restic -r "rest:http://any:$TOKEN@h:8000/f00d/" --no-lock restore latest --target ./restored',
    ]);
  });

  it('does without the path of a node that could not be asked', () => {
    const commands = recoveryCommands(id, 'pass', [{ node: 'alpha', url: 'https://h/f00d/', path: null }]);
    expect(commands.filter((command) => command.startsWith('restic'))).toEqual([
      'restic -r "rest:https://any:$TOKEN@h/f00d/" --no-lock restore latest --target ./restored',
    ]);
  });

  it('has nothing to say while there is no copy', () => {
    expect(recoveryCommands(id, 'pass', [])).toEqual([]);
  });
});
