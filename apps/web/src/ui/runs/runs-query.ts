import { type RunKind, runKinds, runStates } from '@breakwater/contract/run';
import type { RunState } from '@breakwater/domain/run-state';

/** What the runs table is narrowed to. Lives in the URL, so that a link reproduces the view. */
export interface RunsQuery {
  state: RunState | null;
  kind: RunKind | null;
  server: string | null;
  taskId: string | null;
  /** `2026-11-22`, from the reader's midnight to the next. */
  day: string | null;
}

const date = /^\d{4}-\d{2}-\d{2}$/;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Values nobody knows are ignored: an old link shows more, never an error. */
export function readRunsQuery(search: URLSearchParams): RunsQuery {
  const taskId = search.get('task');
  const day = search.get('day');
  const server = search.get('server')?.trim() ?? '';
  return {
    state: runStates.find((one) => one === search.get('state')) ?? null,
    kind: runKinds.find((one) => one === search.get('kind')) ?? null,
    server: server === '' ? null : server,
    taskId: taskId !== null && uuid.test(taskId) ? taskId : null,
    day: day !== null && date.test(day) ? day : null,
  };
}

/** The page's own query string, empty values left out. */
export function runsSearch(query: RunsQuery): string {
  const search = new URLSearchParams();
  if (query.state !== null) search.set('state', query.state);
  if (query.kind !== null) search.set('kind', query.kind);
  if (query.server !== null) search.set('server', query.server);
  if (query.taskId !== null) search.set('task', query.taskId);
  if (query.day !== null) search.set('day', query.day);
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

/** The same, in the words of `GET /runs`, the day as the reader's zone has it. */
export function runsApiQuery(query: RunsQuery, timeZone: string) {
  return {
    state: query.state,
    kind: query.kind,
    sourceAddress: query.server,
    taskId: query.taskId,
    ...(query.day === null ? {} : dayBounds(query.day, timeZone)),
  };
}

/** The date of an instant in a time zone: `2026-11-22`. */
export function dayOf(at: string, timeZone: string): string {
  return dates(timeZone).format(new Date(at));
}

/** Swedish writes dates as ISO does. */
function dates(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
}

/** Zones are at most 14 h from UTC. */
const FAR_MS = 15 * 3_600_000;

/** The first instant of a day in a time zone, and the first of the next: days have 23 to 25 hours. */
export function dayBounds(day: string, timeZone: string): { from: string; to: string } {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return { from: firstInstant(day, timeZone), to: firstInstant(next, timeZone) };
}

function firstInstant(day: string, timeZone: string): string {
  const format = dates(timeZone);
  const midnight = Date.parse(`${day}T00:00:00Z`);
  let before = midnight - FAR_MS;
  let reached = midnight + FAR_MS;
  while (reached - before > 1) {
    const middle = Math.floor((before + reached) / 2);
    if (format.format(middle) >= day) reached = middle;
    else before = middle;
  }
  return new Date(reached).toISOString();
}
