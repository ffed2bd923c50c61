import { fileURLToPath } from 'node:url';
import type { SourceEntry } from './allow-file.ts';

/** The program and arguments that print what this source holds. */
export function dumpArgv(entry: SourceEntry): readonly string[] {
  switch (entry.kind) {
    case 'command':
      return entry.argv;
    case 'postgresql': {
      // Plain SQL, uncompressed: what has not changed is found again in the next dump. It never asks for a password.
      const { database, program } = entry;
      const all = [program ?? (database === undefined ? 'pg_dumpall' : 'pg_dump'), '--no-password'];
      return [...all, ...ofServer(entry), ...(database === undefined ? [] : [`--dbname=${database}`])];
    }
    case 'mysql': {
      const { database, defaultsFile, program } = entry;
      return [
        program ?? 'mysqldump',
        // Has to come first.
        ...(defaultsFile === undefined ? [] : [`--defaults-extra-file=${defaultsFile}`]),
        // One consistent view of InnoDB tables without locking them, written row by row.
        '--single-transaction',
        '--quick',
        ...['--routines', '--triggers', '--events', '--hex-blob'],
        ...ofServer(entry),
        database ?? '--all-databases',
      ];
    }
    case 'sqlite':
      return [process.execPath, SQLITE_PROGRAM, entry.database];
  }
}

const SQLITE_PROGRAM = fileURLToPath(new URL('./print-sqlite-database.ts', import.meta.url));

function ofServer({ host, port, options }: Extract<SourceEntry, { options: string[] }>): string[] {
  return [
    ...(host === undefined ? [] : [`--host=${host}`]),
    ...(port === undefined ? [] : [`--port=${port}`]),
    ...options,
  ];
}

/** What the output is called where the list does not say: parameters keep outputs apart. */
export function dumpFile(name: string, entry: SourceEntry): string {
  if (entry.file !== undefined) return entry.file;
  const stem = [name, ...Object.keys(entry.parameters).map((one) => `{${one}}`)].join('-');
  if (entry.kind === 'command') return stem;
  return entry.kind === 'sqlite' ? `${stem}.sqlite` : `${stem}.sql`;
}
