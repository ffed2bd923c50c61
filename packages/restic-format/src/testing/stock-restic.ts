import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe } from 'vitest';

const run = promisify(execFile);

function isInstalled(): boolean {
  try {
    execFileSync('restic', ['version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Tests against the restic on this machine. Without one they are skipped, but on CI they fail. */
export function describeWithRestic(title: string, tests: () => void): void {
  if (isInstalled() || process.env.CI !== undefined) describe(title, tests);
  else describe.skip(`${title} (skipped: restic not installed)`, tests);
}

export const PASSWORD = 'correct horse';

/** A repository folder and the stock restic that works on it, without a cache. */
export class StockRestic {
  readonly root: string;
  readonly repository: string;
  readonly #env: NodeJS.ProcessEnv;

  constructor(root: string, env: NodeJS.ProcessEnv = {}) {
    this.root = root;
    this.repository = join(root, 'repository');
    this.#env = {
      ...process.env,
      RESTIC_PASSWORD: PASSWORD,
      RESTIC_REPOSITORY: this.repository,
      ...env,
    };
  }

  static async create(env: NodeJS.ProcessEnv = {}): Promise<StockRestic> {
    return new StockRestic(await mkdtemp(join(tmpdir(), 'breakwater-')), env);
  }

  /** Standard output. Throws with restic's own words when it fails. */
  async run(...args: string[]): Promise<string> {
    return (await this.bytes(...args)).toString('utf8');
  }

  async bytes(...args: string[]): Promise<Buffer> {
    const options = {
      env: this.#env,
      cwd: this.root,
      encoding: 'buffer',
      maxBuffer: 256 * 1024 * 1024,
    } as const;
    const { stdout } = await run('restic', ['--no-cache', ...args], options);
    return stdout;
  }

  /** Runs a command that reads its standard input; returns its standard output. */
  async input(input: Uint8Array, ...args: string[]): Promise<string> {
    const child = spawn('restic', ['--no-cache', ...args], {
      env: this.#env,
      cwd: this.root,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(input);
    const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
    if (code !== 0) throw new Error(`restic ${args.join(' ')} ended with ${code}`);
    return stdout;
  }

  async remove(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}
