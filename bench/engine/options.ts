import { parseArgs } from 'node:util';
import { z } from 'zod';
import { setNames } from './data-sets.ts';
import { jobNames } from './peers.ts';

const USAGE = `npm run bench -- [options]

Backs up, restores, checks and prunes the same data with our own command and with every peer on PATH, in turn, and
compares. Takes about 7 GiB of memory at full size.

  --sets LIST    of ${setNames.join(',')} (all)
  --jobs LIST    of ${jobNames.join(',')} (all)
  --peers LIST   of restic,borg,rsync (all that are found)
  --rounds N     1 to 99 (3)
  --scale X      of the full size, up to 4 (1)
  --through WAY  folder, or node: a storage node beside it, over HTTP; for us and restic only (folder)
  --in FOLDER    where the data is made; a tmpfs (/dev/shm)
  --save         writes bench/RESULTS.md and bench/engine-results.json
  --help
`;

const listOf = <T extends readonly [string, ...string[]]>(names: T) =>
  z
    .string()
    .default(names.join(','))
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(names)));

const schema = z.object({
  sets: listOf(setNames),
  jobs: listOf(jobNames),
  peers: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(z.enum(['breakwater', 'restic', 'borg', 'rsync'])))
    .optional(),
  rounds: z.coerce.number().int().min(1).max(99).default(3),
  scale: z.coerce.number().positive().max(4).default(1),
  through: z.enum(['folder', 'node']).default('folder'),
  in: z.string().default('/dev/shm'),
  save: z.boolean().default(false),
});

export type BenchOptions = z.infer<typeof schema>;

/** What the command line asks for. `--help` ends the process, and so does what is wrong, with the usage. */
export function readOptions(): BenchOptions {
  let given: Record<string, unknown>;
  try {
    given = parseArgs({
      options: {
        sets: { type: 'string' },
        jobs: { type: 'string' },
        peers: { type: 'string' },
        rounds: { type: 'string' },
        scale: { type: 'string' },
        through: { type: 'string' },
        in: { type: 'string' },
        save: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (error) {
    return refuse((error as Error).message);
  }
  if (given.help === true) {
    process.stdout.write(USAGE);
    process.exit(0);
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const name = String(issue?.path[0]);
  return refuse(`--${name} ${String(given[name])}: ${issue?.message}`);
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n\n${USAGE}`);
  process.exit(1);
}
