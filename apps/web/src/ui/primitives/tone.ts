/** What a colour means, the same everywhere: green ok, amber needs a look, red lost or failing, blue running, grey idle. */
export type Tone = 'ok' | 'warn' | 'bad' | 'run' | 'idle';

export const toneText: Record<Tone, string> = {
  ok: 'text-ok',
  warn: 'text-warn',
  bad: 'text-bad',
  run: 'text-run',
  idle: 'text-idle',
};
export const toneSoft: Record<Tone, string> = {
  ok: 'bg-ok-soft text-ok',
  warn: 'bg-warn-soft text-warn',
  bad: 'bg-bad-soft text-bad',
  run: 'bg-run-soft text-run',
  idle: 'bg-idle-soft text-idle',
};
export const toneSolid: Record<Tone, string> = {
  ok: 'bg-ok-solid',
  warn: 'bg-warn-solid',
  bad: 'bg-bad-solid',
  run: 'bg-run-solid',
  idle: 'bg-idle-solid',
};
