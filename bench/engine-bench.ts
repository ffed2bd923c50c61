import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { changeSet, makeSet, type SetName, setNames } from './engine/data-sets.ts';
import { measured } from './engine/measured.ts';
import {
  findPeers,
  type JobName,
  jobNames,
  type Peer,
  type Place,
  prepareAside,
  sizeOfFolder,
} from './engine/peers.ts';
import { asTable, newReport, type Outcome, type Report, saveReport } from './engine/report.ts';

/**
 * `npm run bench`: backs up, restores and checks the same data with our own command and with every peer on PATH,
 * in turn, and compares. Takes about 5 GiB of memory at full size.
 *
 *     --sets tree,dump,random   --jobs initial,unchanged,changed,restore,check,prune   --peers restic
 *     --rounds 3   --scale 0.1 (of the full size)   --in /dev/shm   --save (into RESULTS.md and engine-results.json)
 */
const listOf = <T extends readonly [string, ...string[]]>(names: T) =>
  z
    .string()
    .default(names.join(','))
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(names)));

const optionsSchema = z.object({
  sets: listOf(setNames),
  jobs: listOf(jobNames),
  peers: z.string().optional(),
  rounds: z.coerce.number().int().min(1).max(99).default(3),
  scale: z.coerce.number().positive().max(4).default(1),
  in: z.string().default('/dev/shm'),
  save: z.boolean().default(false),
});

const { values } = parseArgs({
  options: {
    sets: { type: 'string' },
    jobs: { type: 'string' },
    peers: { type: 'string' },
    rounds: { type: 'string' },
    scale: { type: 'string' },
    in: { type: 'string' },
    save: { type: 'boolean' },
  },
});
const options = optionsSchema.parse(values);

const wanted = options.peers?.split(',');
const peers = findPeers().filter(
  ({ name }) => wanted === undefined || name === 'breakwater' || wanted.includes(name),
);
const command = ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(
  ' ',
);
const report = newReport(command, options.rounds, options.scale, peers);
const scratch = mkdtempSync(join(options.in, 'breakwater-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

for (const set of options.sets) {
  const source = join(scratch, set);
  process.stderr.write(`${set}: making the data\n`);
  makeSet(set, source, options.scale);
  for (let round = 0; round < options.rounds; round += 1) await runRound(report, set, source, round);
  rmSync(source, { recursive: true });
}
process.stdout.write(`${asTable(report)}\n`);
if (options.save) saveReport(report);

/** All jobs in order, the programs in turn within each, their order reversed every other round. */
async function runRound(into: Report, set: SetName, source: string, round: number): Promise<void> {
  const inTurn = round % 2 === 0 ? peers : peers.toReversed();
  const places = new Map(inTurn.map((peer) => [peer, placeOf(peer, source)]));
  for (const [peer, place] of places) {
    prepareAside(place);
    for (const one of peer.prepare(place)) await measured(one);
  }
  for (const job of neededJobs()) {
    if (job === 'changed') changeSet(set, source, round);
    for (const [peer, place] of places) await runJob(into, { set, job, peer, place });
  }
  rmSync(join(scratch, 'places'), { recursive: true });
}

/** What is asked for, and the backup that everything else stands on. */
function neededJobs(): JobName[] {
  return jobNames.filter((job) => job === 'initial' || options.jobs.includes(job));
}

function placeOf(peer: Peer, source: string): Place {
  const folder = join(scratch, 'places', peer.name);
  return {
    source,
    repository: join(folder, 'repository'),
    aside: join(folder, 'aside'),
    target: join(folder, 'target'),
  };
}

async function runJob(
  into: Report,
  { set, job, peer, place }: { set: SetName; job: JobName; peer: Peer; place: Place },
): Promise<void> {
  const commandOf = peer.jobs[job];
  if (commandOf === undefined) return;
  for (const one of peer.before?.[job]?.(place) ?? []) await measured(one);
  const figures = await measured(commandOf(place));
  if (job === 'restore') {
    assertRestored(peer, place);
    rmSync(place.target, { recursive: true });
  }
  process.stderr.write(
    `${set}, ${job}, ${peer.name}: ${figures.wallSeconds.toFixed(2)} s, CPU ${figures.cpuSeconds.toFixed(2)} s, peak ${(figures.peakBytes / 1024 / 1024).toFixed(0)} MiB\n`,
  );
  if (!options.jobs.includes(job)) return;
  const outcome = outcomeOf(into, set, job, peer.name);
  outcome.wallSeconds.push(figures.wallSeconds);
  outcome.cpuSeconds.push(figures.cpuSeconds);
  outcome.peakBytes.push(figures.peakBytes);
  outcome.repositoryBytes.push(sizeOfFolder(place.repository).bytes);
}

function outcomeOf(into: Report, set: SetName, job: JobName, peer: string): Outcome {
  const known = into.outcomes.find((one) => one.set === set && one.job === job && one.peer === peer);
  if (known !== undefined) return known;
  const made = { set, job, peer, wallSeconds: [], cpuSeconds: [], peakBytes: [], repositoryBytes: [] };
  into.outcomes.push(made);
  return made;
}

/** A fast restore of something else would be no restore. */
function assertRestored(peer: Peer, { source, target }: Place): void {
  const below = join(target, source);
  const wantedSize = sizeOfFolder(source);
  const found = sizeOfFolder(existsSync(below) && statSync(below).isDirectory() ? below : target);
  if (found.files === wantedSize.files && found.bytes === wantedSize.bytes) return;
  throw new Error(
    `${peer.name} restored ${found.files} files, ${found.bytes} bytes; ${wantedSize.files}, ${wantedSize.bytes} were backed up`,
  );
}
