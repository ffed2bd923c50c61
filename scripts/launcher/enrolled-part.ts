import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const enrolment = z.looseObject({ server: z.string(), insecureHttp: z.boolean() });

/**
 * Tells a node or agent of this installation where the control center is now: PORT or HOST may have changed since it
 * enrolled. `stateFile` is its `node.json` or `agent.json`; the rest of it stays as it is.
 */
export function followCenter(stateFile: string, server: string, insecureHttp: boolean): void {
  const before = enrolment.parse(JSON.parse(readFileSync(stateFile, 'utf8')));
  const now = { ...before, server, insecureHttp: before.insecureHttp || insecureHttp };
  if (before.server === now.server && before.insecureHttp === now.insecureHttp) return;
  const unfinished = `${stateFile}.moved`;
  writeFileSync(unfinished, `${JSON.stringify(now, null, 2)}\n`, { mode: 0o600, flush: true });
  renameSync(unfinished, stateFile);
}

const listening = z.object({ listen: z.string().regex(/^.+:\d+$/) });

/** Where a node of this installation listens, by its `node.json`; port 0 stands for any. */
export function listenerOf(stateFile: string): { host: string; port: number } {
  const { listen } = listening.parse(JSON.parse(readFileSync(stateFile, 'utf8')));
  const colon = listen.lastIndexOf(':');
  return { host: listen.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(listen.slice(colon + 1)) };
}
