// A prune that is killed with SIGKILL at a random moment never loses a blob that a snapshot needs. Run it with
//     node bench/prune-kills.ts [rounds, 100]
// in a folder for temporary files named by TMPDIR; needs stock restic, the judge.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { killPrune, makeForgottenRepository, PASSWORD } from '../apps/agent/src/testing/prune-kills.ts';
import { runRepo } from '../apps/agent/src/testing/repo-program.ts';

const ROUNDS = Number(process.argv[2] ?? 100);
const MEGABYTES = 60;
/** So often stock restic looks at what a kill left, too, after the next prune. */
const JUDGED_EACH = 10;

const folder = mkdtempSync(join(tmpdir(), 'breakwater-'));
try {
  writeFileSync(join(folder, 'password'), PASSWORD);
  const original = makeForgottenRepository(folder, MEGABYTES);
  const packsBefore = readdirSync(join(original, 'data'), { recursive: true }).filter(
    (name) => String(name).length > 60,
  ).length;
  const indexesBefore = readdirSync(join(original, 'index')).length;
  const copy = join(folder, 'copy');
  const whole = [];
  for (let run = 0; run < 3; run += 1) whole.push(await killPrune(folder, original, copy, 600_000));
  const longest = Math.max(...whole.map(({ tookMs }) => tookMs));
  const packsAfter = whole[0]?.packs ?? 0;
  print(
    `uninterrupted: ${whole.map(({ tookMs }) => tookMs).join(', ')} ms, ${packsBefore} packs before, ${packsAfter} after`,
  );

  const counts = {
    killed: 0,
    'before the first change': 0,
    repacking: 0,
    indexing: 0,
    removing: 0,
    ended: 0,
  };
  let lost = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const result = await killPrune(folder, original, copy, Math.round(Math.random() * longest));
    if (result.killed) counts.killed += 1;
    counts[momentOf(result)] += 1;
    for (const error of result.errors) print(`round ${round}, killed after ${result.delayMs} ms: ${error}`);
    if (result.errors.length > 0) lost += 1;
    if (round % JUDGED_EACH === 0) await judge(copy, round);
  }
  print(`${ROUNDS} rounds: ${JSON.stringify(counts)}; rounds in which something was lost: ${lost}`);
  process.exitCode = lost === 0 ? 0 : 1;

  function momentOf({
    killed,
    packs,
    indexes,
  }: {
    killed: boolean;
    packs: number;
    indexes: number;
  }): keyof typeof counts {
    if (!killed) return 'ended';
    if (packs < packsBefore) return 'removing';
    if (indexes !== indexesBefore) return 'indexing';
    return packs > packsBefore ? 'repacking' : 'before the first change';
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** What is left is pruned to the end; then stock restic reads every byte. */
async function judge(copy: string, round: number): Promise<void> {
  const args = ['prune', '--repo', copy, '--password-file', 'password', '--max-unused', '0'];
  const { code, stderr } = await runRepo(folder, args);
  if (code !== 0) throw new Error(`round ${round}: the next prune failed: ${stderr}`);
  execFileSync('restic', ['--no-cache', '--repo', copy, 'check', '--read-data'], {
    env: { ...process.env, RESTIC_PASSWORD: PASSWORD },
    stdio: 'pipe',
  });
  print(`round ${round}: pruned to the end, stock restic finds no error`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
