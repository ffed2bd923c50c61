import { z } from 'zod';

/** How far back the end of a process may be told: a stack trace and what follows it. */
const TAIL_LINES = 60;
const logEntry = z.object({ msg: z.string().optional(), err: z.object({ message: z.string() }).optional() });

/** The sentence of a log that says why its process ended: the last error in its tail, else its last line. */
export function lastWordsOf(log: string): string {
  const lines = log.trimEnd().split('\n').slice(-TAIL_LINES).reverse();
  const thrown = lines.find((line) => /^(?:Uncaught )?[A-Za-z]*Error\b.*: /.test(line));
  return thrown ?? said(lines[0] ?? '');
}

/** A JSON log line in words; any other as it is. */
function said(line: string): string {
  try {
    const entry = logEntry.parse(JSON.parse(line));
    return entry.err?.message ?? entry.msg ?? line;
  } catch {
    return line;
  }
}
