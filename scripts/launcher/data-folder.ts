import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';
import { identify, isAlive, type ProcessIdentity } from './process-identity.ts';

const LEAST_FREE_BYTES = 512 * 1024 * 1024;
/** For the database's own writes, once everything has been made. */
const LEAST_FREE_LATER_BYTES = 16 * 1024 * 1024;
const identity = z.object({ pid: z.number().int(), startedAt: z.string().nullable() });
const stateFile = z.object({ launcher: identity, children: z.array(identity) });

/** The folder all of a local installation lies in, held by one launcher at a time. */
export class DataFolder {
  readonly path: string;
  readonly #stateFile: string;
  readonly #children = new Map<string, ProcessIdentity>();

  constructor(path: string) {
    this.path = path;
    this.#stateFile = join(path, 'launcher.json');
  }

  /** Makes the folder and takes it. Throws an Error for people when another launcher has it, or the disk is full. */
  async take(): Promise<void> {
    try {
      makeFolders(this.path);
      mkdirSync(join(this.path, 'logs'), { recursive: true });
      for (const folder of [this.path, join(this.path, 'logs')]) {
        accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
      }
    } catch (error) {
      throw new Error(
        `The data folder ${this.path} cannot be used (${(error as Error).message}). ` +
          'Set BREAKWATER_DATA to a folder this user may write to, or start as the user it belongs to.',
      );
    }
    const disk = statfsSync(this.path);
    const free = disk.bavail * disk.bsize;
    // What is there already must start on a full disk too: to restore from it, and to make room.
    const least = existsSync(join(this.path, 'admin.json')) ? LEAST_FREE_LATER_BYTES : LEAST_FREE_BYTES;
    if (free < least) {
      throw new Error(
        `The disk that holds ${this.path} is full (${Math.round(free / 1e6)} MB free, ` +
          `${Math.round(least / 1e6)} MB needed). Free some space, or set BREAKWATER_DATA to another disk.`,
      );
    }
    const former = this.#read();
    if (former !== null && former.launcher.pid !== process.pid && isAlive(former.launcher)) {
      throw new Error(
        `Breakwater already runs from ${this.path} (process ${former.launcher.pid}). ` +
          'Stop it first, or set BREAKWATER_DATA to another folder.',
      );
    }
    await endAll(former?.children ?? []);
    this.#write();
  }

  /** The folder of one part of the installation, made when it is not there: for its owner alone. */
  folderOf(...parts: string[]): string {
    const folder = join(this.path, ...parts);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  childStarted(name: string, pid: number): void {
    this.#children.set(name, identify(pid));
    this.#write();
  }

  childEnded(name: string): void {
    this.#children.delete(name);
    this.#write();
  }

  release(): void {
    rmSync(this.#stateFile, { force: true });
  }

  #read(): z.infer<typeof stateFile> | null {
    try {
      return stateFile.parse(JSON.parse(readFileSync(this.#stateFile, 'utf8')));
    } catch {
      // None, or torn by a crash: there is nobody to wait for that we could name.
      return null;
    }
  }

  #write(): void {
    const state = { launcher: identify(process.pid), children: [...this.#children.values()] };
    writeFileSync(this.#stateFile, JSON.stringify(state), { mode: 0o600 });
  }
}

/** Children of a launcher that was killed end by themselves; those that do not are ended. */
async function endAll(children: readonly ProcessIdentity[]): Promise<void> {
  const signalAll = (signal: NodeJS.Signals) => {
    for (const child of children.filter(isAlive)) {
      try {
        process.kill(child.pid, signal);
      } catch {
        // It ended in between.
      }
    }
  };
  signalAll('SIGTERM');
  const deadline = Date.now() + 10_000;
  while (children.some(isAlive)) {
    if (Date.now() > deadline) signalAll('SIGKILL');
    await pause(50);
  }
}

/** Node's own recursive form never ends where the file system says ENOENT to making a folder, as /proc does. */
function makeFolders(path: string): void {
  if (existsSync(path)) return;
  makeFolders(dirname(path));
  mkdirSync(path, { mode: 0o700 });
}
