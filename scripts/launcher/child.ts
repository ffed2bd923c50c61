import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DataFolder } from './data-folder.ts';
import { lastWordsOf } from './last-words.ts';

const LOG_ROTATE_BYTES = 20 * 1024 * 1024;
const STOP_GRACE_MS = 15_000;
/** A child that ends by itself this often within a minute is given up. */
const MAX_RESTARTS_A_MINUTE = 5;

export interface ChildOptions {
  name: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string | undefined>;
  folder: DataFolder;
  /** Called with what the child sends, unparsed. */
  onMessage?(message: unknown): void;
  /** Called when the child cannot be kept running, with a sentence. */
  onGivenUp(reason: string): void;
}

/**
 * One process of the product, kept running: started again when it dies, stopped with a grace. One that refuses to
 * start, for a reason that another try would not change, is given up at once.
 */
export class Child {
  readonly name: string;
  readonly logFile: string;
  readonly #options: ChildOptions;
  #process: ChildProcess | undefined;
  #stopping = false;
  #wasReady = false;
  #ends: number[] = [];

  constructor(options: ChildOptions) {
    this.#options = options;
    this.name = options.name;
    this.logFile = join(options.folder.path, 'logs', `${options.name}.log`);
  }

  start(): void {
    const { args, cwd, env, folder, name } = this.#options;
    if (existsSync(this.logFile) && statSync(this.logFile).size > LOG_ROTATE_BYTES) {
      renameSync(this.logFile, `${this.logFile}.1`);
    }
    const log = openSync(this.logFile, 'a', 0o600);
    // An own process group: Ctrl-C reaches the launcher alone, which stops its children in order. The IPC channel
    // tells a child that the launcher is gone, however it went.
    const child = spawn(process.execPath, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    closeSync(log);
    this.#process = child;
    if (child.pid !== undefined) folder.childStarted(name, child.pid);
    child.on('message', (message) => this.#options.onMessage?.(message));
    child.on('error', (error) => this.#options.onGivenUp(`${name} cannot be started: ${error.message}`));
    child.on('exit', (code, signal) => {
      folder.childEnded(name);
      if (this.#process === child) this.#process = undefined;
      if (!this.#stopping) this.#restart(code, signal);
    });
  }

  /** It does its work: from now on it is started again when it ends. */
  becameReady(): void {
    this.#wasReady = true;
  }

  /** What the child's log says of its end, for an error message: its last error, else its last line. */
  lastWords(): string {
    return lastWordsOf(readFileSync(this.logFile, 'utf8'));
  }

  /** Its last words as a part of a sentence. */
  #why(): string {
    return this.lastWords()
      .replace(/^breakwater-\w+: /, '')
      .replace(/\.$/, '');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    const child = this.#process;
    if (child === undefined) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_GRACE_MS);
    await ended;
    clearTimeout(timer);
  }

  #restart(code: number | null, signal: NodeJS.Signals | null): void {
    if (!this.#wasReady && code !== null && code !== 0) {
      this.#options.onGivenUp(`${this.name} cannot start: ${this.#why()}. Its log: ${this.logFile}`);
      return;
    }
    const now = Date.now();
    this.#ends = [...this.#ends.filter((at) => now - at < 60_000), now];
    const how = signal === null ? `exit code ${code}` : signal;
    if (this.#ends.length > MAX_RESTARTS_A_MINUTE) {
      this.#options.onGivenUp(`${this.name} keeps ending (${how}): ${this.#why()}. Its log: ${this.logFile}`);
      return;
    }
    const waitMs = 250 * 2 ** (this.#ends.length - 1);
    process.stderr.write(`! ${this.name} ended (${how}); starting it again in ${waitMs} ms\n`);
    setTimeout(() => {
      if (!this.#stopping) this.start();
    }, waitMs);
  }
}
