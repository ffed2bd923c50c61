import { type RunKind, runKinds, runStates } from '@breakwater/contract/run';
import type { RunState } from '@breakwater/domain/run-state';

/** What the runs table is narrowed to. Lives in the URL, so that a link reproduces the view. */
export interface RunsQuery {
  state: RunState | null;
  kind: RunKind | null;
  server: string | null;
  taskId: string | null;
  /** `2026-11-22`, from the reader's midnight to the next; narrowed by the page, which the API does not. */
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

/** The same, in the words of `GET /runs`. */
export function runsApiQuery(query: RunsQuery) {
  return {
    state: query.state,
    kind: query.kind,
    sourceAddress: query.server,
    taskId: query.taskId,
  };
}

/** The date of an instant in a time zone: `2026-11-22`. */
export function dayOf(at: string, timeZone: string): string {
  // Swedish writes dates as ISO does.
  return new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' }).format(new Date(at));
}

/**
 * The runs of one day out of the pages loaded so far (newest first), and whether older pages may hold more of them.
 */
export function runsOfDay<R extends { createdAt: string }>(
  runs: readonly R[],
  day: string,
  timeZone: string,
): { found: R[]; olderMayFollow: boolean } {
  const oldest = runs.at(-1);
  return {
    found: runs.filter((run) => dayOf(run.createdAt, timeZone) === day),
    olderMayFollow: oldest === undefined || dayOf(oldest.createdAt, timeZone) >= day,
  };
}
