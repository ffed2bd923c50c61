import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const program = fileURLToPath(new URL('../../bin/breakwater-agent.mjs', import.meta.url));

export interface EndedProgram {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs `breakwater-agent repo …` as a process of its own; never throws for an exit code. */
export async function runRepo(
  cwd: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<EndedProgram> {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
  try {
    const ended = await promisify(execFile)(process.execPath, [program, 'repo', ...args], options);
    return { code: 0, ...ended };
  } catch (error) {
    const { code, stdout, stderr } = error as unknown as EndedProgram;
    return { code, stdout, stderr };
  }
}

/** `runRepo`, to be watched and killed. */
export function startRepo(cwd: string, args: readonly string[]): ChildProcess {
  return spawn(process.execPath, [program, 'repo', ...args], { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
}
