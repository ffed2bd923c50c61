import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { startBenchNode } from './engine/bench-node.ts';
import { changeSet, makeSet, type SetName } from './engine/data-sets.ts';
import { measured } from './engine/measured.ts';
import { readOptions } from './engine/options.ts';
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

/** Snapshots that are made for a prune, and how much of the data is another in each of them. */
const PRUNE_SNAPSHOTS = 5;
const PRUNE_PERCENT = 10;

// `npm run bench`; see engine/options.ts for what it takes.
const options = readOptions();
const wanted = options.peers;
const peers = findPeers().filter(
  ({ name }) =>
    (name === 'breakwater' || wanted?.some((one) => one === name) !== false) &&
    (options.through === 'folder' || name === 'breakwater' || name === 'restic'),
);
const command = ['npm run bench', ...(process.argv.length > 2 ? ['--', ...process.argv.slice(2)] : [])].join(
  ' ',
);
const report = newReport(command, options, peers);
const scratch = mkdtempSync(join(options.in, 'breakwater-bench-'));
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

const node = options.through === 'node' ? await startBenchNode(scratch) : null;

for (const set of options.sets) {
  const source = join(scratch, set);
  for (let round = 0; round < options.rounds; round += 1) {
    process.stderr.write(`${set}, round ${round + 1}: making the data\n`);
    makeSet(set, source, options.scale);
    await runRound(report, set, source, round);
    rmSync(source, { recursive: true });
  }
}
await node?.stop();
process.stdout.write(`${asTable(report)}\n`);
if (options.save) saveReport(report);

/** All jobs in order, the programs in turn within each, their order reversed every other round. */
async function runRound(into: Report, set: SetName, source: string, round: number): Promise<void> {
  const inTurn = round % 2 === 0 ? peers : peers.toReversed();
  const places = new Map<Peer, Place>();
  for (const peer of inTurn) places.set(peer, await placeOf(peer, source));
  for (const [peer, place] of places) {
    prepareAside(place);
    for (const one of peer.prepare(place)) await measured(one);
  }
  for (const job of neededJobs()) {
    if (job === 'changed') changeSet(set, source, round);
    if (job === 'prune') await forgetHalf(set, source, round, places);
    for (const [peer, place] of places) await runJob(into, { set, job, peer, place });
  }
  for (const { repository } of places.values()) rmSync(repository, { recursive: true });
  rmSync(join(scratch, 'places'), { recursive: true });
}

/** What is asked for, and the backup that everything else stands on. */
function neededJobs(): JobName[] {
  return jobNames.filter((job) => job === 'initial' || options.jobs.includes(job));
}

/** Makes snapshots that differ, then forgets the older half of all there are. */
async function forgetHalf(
  set: SetName,
  source: string,
  round: number,
  places: ReadonlyMap<Peer, Place>,
): Promise<void> {
  const made = neededJobs().filter((job) => job === 'initial' || job === 'unchanged' || job === 'changed');
  for (let snapshot = 0; snapshot < PRUNE_SNAPSHOTS; snapshot += 1) {
    changeSet(set, source, 100 * (round + 1) + snapshot, PRUNE_PERCENT);
    for (const [{ jobs, forget }, place] of places) {
      if (forget !== undefined && jobs.changed !== undefined) await measured(jobs.changed(place));
    }
  }
  const keep = Math.floor((made.length + PRUNE_SNAPSHOTS) / 2);
  for (const [{ forget }, place] of places) if (forget !== undefined) await measured(forget(place, keep));
}

async function placeOf(peer: Peer, source: string): Promise<Place> {
  const folder = join(scratch, 'places', peer.name);
  const own = join(folder, 'repository');
  const { folder: repository, location } = (await node?.newRepository()) ?? { folder: own, location: own };
  return { source, repository, location, aside: join(folder, 'aside'), target: join(folder, 'target') };
}

async function runJob(
  into: Report,
  { set, job, peer, place }: { set: SetName; job: JobName; peer: Peer; place: Place },
): Promise<void> {
  const commandOf = peer.jobs[job];
  if (commandOf === undefined) return;
  const before = job === 'prune' ? sizeOfFolder(place.repository).bytes : 0;
  const figures = await measured(commandOf(place));
  if (job === 'restore') {
    assertRestored(peer, place);
    rmSync(place.target, { recursive: true });
  }
  if (job === 'prune' && sizeOfFolder(place.repository).bytes >= before) {
    throw new Error(`${peer.name} pruned nothing`);
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
