import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const programs = {
  'breakwater-node': '../../../../apps/storage-node/bin/breakwater-node.mjs',
  'breakwater-agent': '../../../../apps/agent/bin/breakwater-agent.mjs',
};
type Program = keyof typeof programs;
const pathOf = (program: Program) => fileURLToPath(new URL(programs[program], import.meta.url));

export interface CommandResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** One of our programs' commands, run to its end. */
export async function runProgram(program: Program, args: readonly string[]): Promise<CommandResult> {
  try {
    const { stdout, stderr } = await run(process.execPath, [pathOf(program), ...args]);
    return { code: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code?: number; stdout: string; stderr: string };
    return { code: code ?? -1, stdout, stderr };
  }
}

/** One of our programs, running. It ends when this process does. */
export class ProgramProcess {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  readonly #waiting = new Set<(line: string) => void>();
  /** Exit code, or the signal's name. */
  readonly ended: Promise<number | string>;

  constructor(program: Program, args: readonly string[], env: Record<string, string> = {}) {
    this.#child = spawn(process.execPath, [pathOf(program), ...args], {
      // With the IPC channel it notices when a test run is killed.
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
      env: { ...process.env, ...env },
    });
    this.ended = new Promise((resolve) =>
      this.#child.once('exit', (code, signal) => resolve(signal ?? code ?? -1)),
    );
    if (this.#child.stderr !== null) {
      createInterface({ input: this.#child.stderr }).on('line', (line) => {
        this.#lines.push(line);
        for (const tell of this.#waiting) tell(line);
      });
    }
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** What it wrote to standard error so far. */
  get stderr(): string {
    return this.#lines.join('\n');
  }

  /** The first line, old or new, for which `pick` has a value; throws when the program ends before. */
  line<T>(pick: (line: string) => T | undefined): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const look = (line: string): void => {
      const found = pick(line);
      if (found === undefined) return;
      this.#waiting.delete(look);
      resolve(found);
    };
    this.#waiting.add(look);
    for (const line of this.#lines) look(line);
    void this.ended.then((how) => reject(new Error(`the program ended (${how}):\n${this.stderr}`)));
    return promise;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | string> {
    this.#child.kill(signal);
    return this.ended;
  }
}
