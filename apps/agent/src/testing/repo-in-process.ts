import { Command } from 'commander';
import { vi } from 'vitest';
import { repoCommand } from '../repo/repo-command.ts';
import type { EndedProgram } from './repo-program.ts';

/** Runs `breakwater-agent repo …` in this process: one of its own takes a second to start. Not two at a time. */
export async function repoInProcess(args: readonly string[]): Promise<EndedProgram> {
  const written = { stdout: '', stderr: '' };
  const spies = (['stdout', 'stderr'] as const).map((name) =>
    vi.spyOn(process[name], 'write').mockImplementation((text) => {
      written[name] += String(text);
      return true;
    }),
  );
  // A command lets go of the channel to its parent; here modules come through it.
  const { channel } = process;
  const keptChannel = channel && vi.spyOn(channel, 'unref').mockReturnValue(undefined);
  const before = process.exitCode;
  const listeners = process.stdout.listeners('error');
  try {
    const command = new Command();
    await repoCommand(command, args[0]);
    await command.parseAsync(['repo', ...args], { from: 'user' });
    return { code: Number(process.exitCode ?? 0), ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
    keptChannel?.mockRestore();
    process.exitCode = before;
    // A command listens until its process ends.
    for (const listener of process.stdout.listeners('error')) {
      if (!listeners.includes(listener)) process.stdout.off('error', listener as () => void);
    }
  }
}
