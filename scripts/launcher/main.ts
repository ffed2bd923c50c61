import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { backUpNow } from './backup-command.ts';
import { Cluster } from './cluster.ts';
import { DataFolder } from './data-folder.ts';
import { type Options, parseOptions } from './options.ts';
import { say } from './steps.ts';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** `npm start`: sets up and runs the product on this machine until it is told to stop. */
async function main(): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env, root);
  const folder = new DataFolder(options.dataDir);
  await folder.take();
  const cluster = new Cluster(root, options, folder);

  let ending: Promise<never> | undefined;
  const end = (code: number): Promise<never> => {
    ending ??= (async () => {
      await cluster.stop();
      folder.release();
      process.exit(code);
    })();
    return ending;
  };
  const onSignal = (code: number) => {
    if (ending === undefined) say('\nStopping…');
    void end(code);
  };
  process.on('SIGINT', () => onSignal(130));
  process.on('SIGTERM', () => onSignal(143));
  process.on('SIGHUP', () => onSignal(129));
  process.on('disconnect', () => onSignal(1));
  // Whoever read what we print has gone (`npm start | head`).
  process.stdout.on('error', () => void end(141));
  cluster.onGivenUp = (reason) => {
    process.stderr.write(`\n✗ ${reason}\n`);
    void end(1);
  };

  try {
    const { admin, api } = await cluster.start();
    welcome(cluster, options, admin);
    if (options.backupPath === null) return;
    const address = cluster.agentAddresses[0];
    if (address === undefined) throw new Error('--backup needs a local agent.');
    const code = await backUpNow(api, { address, path: options.backupPath, dataDir: options.dataDir });
    if (options.once) await end(code);
    else if (ending === undefined) say(`\nBreakwater goes on running at ${cluster.url}. Ctrl-C stops it.`);
  } catch (error) {
    if (ending === undefined) process.stderr.write(`\n✗ ${sentence(error)}\n`);
    await end(1);
  }
}

function welcome(
  cluster: Cluster,
  options: Options,
  admin: { email: string; password: string | null },
): void {
  say(`\nBreakwater runs at ${cluster.url}`);
  if (admin.password === null) {
    say(`  Sign in as ${admin.email}. Data and logs: ${options.dataDir}`);
    return;
  }
  say(`  Sign in as ${admin.email} with the one-time password ${admin.password}`);
  say(`  (also in ${options.dataDir}/admin.json). Data and logs: ${options.dataDir}`);
}

function sentence(error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOSPC') {
    return 'The disk is full. Free some space, or set BREAKWATER_DATA to another disk, and start again.';
  }
  return error instanceof Error ? error.message : String(error);
}

main().catch((error) => {
  process.stderr.write(`\n✗ ${sentence(error)}\n`);
  process.exit(1);
});
