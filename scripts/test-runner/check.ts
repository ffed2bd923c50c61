import { spawn } from 'node:child_process';

/** Runs a Node program in view of the user and answers its exit code. */
export async function runCheck(
  title: string,
  cwd: string,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<number> {
  process.stdout.write(`\n— ${title}\n`);
  const started = performance.now();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const stop = () => {
    child.once('close', () => process.exit(1));
    child.kill('SIGTERM');
  };
  process.once('SIGTERM', stop);
  process.once('disconnect', stop);
  const code = await new Promise<number>((resolve) => {
    child.once('error', () => resolve(127));
    child.once('close', (exit) => resolve(exit ?? 1));
  });
  process.off('SIGTERM', stop);
  process.off('disconnect', stop);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${code === 0 ? '✓' : '✗'} ${title} (${seconds} s)\n`);
  return code;
}
