import { Command } from 'commander';
import { vi } from 'vitest';
import { repoCommand } from '../repo/repo-command.ts';
import type { EndedProgram } from './repo-program.ts';

/** `runRepo` within this process, which saves the second that a process takes to start. Paths are absolute. */
export async function runRepoHere(args: readonly string[]): Promise<EndedProgram> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  const before = process.exitCode;
  try {
    const command = new Command();
    repoCommand(command);
    await command.parseAsync(['repo', ...args], { from: 'user' });
    return { code: Number(process.exitCode ?? 0), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
    process.exitCode = before;
  }
}
