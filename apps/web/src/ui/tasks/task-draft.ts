import { type Task, type TaskInput, taskInput, type TaskPatch } from '@breakwater/contract/task';
import type { FieldError } from '@breakwater/contract/failure-codes';
import type { strategy } from '@breakwater/contract/placement';
import type { z } from 'zod';
import { type NamedCommand, NO_HOOKS, type RunHooks } from '@breakwater/contract/source-commands';
import { type BandwidthDraft, bandwidthDraftOf, rawBandwidth } from '../bandwidth/bandwidth-draft.ts';
import { KEEP_EVERYTHING, type KeepDraft, keepDraftOf, rawRetention } from './keep-draft.ts';
import { type SchedulePreset, cronOf, presetOf } from './schedule-preset.ts';
import { takenBy } from './taken-by.ts';

/** The task form while somebody fills it. */
export interface TaskDraft {
  /** Empty until somebody types one: the task is then named after its server and paths. */
  name: string;
  sourceAddress: string | null;
  paths: readonly string[];
  /** A pattern a line, as typed. */
  excludes: readonly string[];
  /** From the server's own list. */
  commands: readonly NamedCommand[];
  hooks: RunHooks;
  /** Null: the task runs only when somebody starts it. */
  schedule: { preset: SchedulePreset; timeZone: string } | null;
  strategy: z.infer<typeof strategy>;
  nodeId: string | null;
  /** Nodes that are to hold each snapshot completely; null: two, as soon as there are two. */
  copies: number | null;
  /** Null: the server's own. */
  repositoryId: string | null;
  ifAgentSilent: 'stop' | 'wait';
  keep: KeepDraft;
  bandwidth: BandwidthDraft;
}

export function emptyDraft(sourceAddress: string | null, timeZone: string): TaskDraft {
  return {
    name: '',
    sourceAddress,
    paths: [],
    excludes: [],
    commands: [],
    hooks: NO_HOOKS,
    schedule: { preset: { kind: 'daily', hour: 2, minute: 0 }, timeZone },
    strategy: 'finish-first',
    nodeId: null,
    copies: null,
    repositoryId: null,
    ifAgentSilent: 'stop',
    keep: KEEP_EVERYTHING,
    bandwidth: bandwidthDraftOf(null, timeZone),
  };
}

/** `ownZone` is offered for hours where the task has none. */
export function draftOf(task: Task, ownZone: string): TaskDraft {
  return {
    name: task.name,
    sourceAddress: task.sourceAddress,
    paths: task.paths,
    excludes: task.excludes,
    commands: task.commands,
    hooks: task.hooks,
    schedule:
      task.schedule === null
        ? null
        : { preset: presetOf(task.schedule.cron), timeZone: task.schedule.timeZone },
    strategy: task.strategy,
    nodeId: task.nodeId,
    copies: task.copies,
    repositoryId: task.repositoryId,
    ifAgentSilent: task.ifAgentSilent,
    keep: keepDraftOf(task.retention),
    bandwidth: bandwidthDraftOf(task.bandwidth, ownZone),
  };
}

/** The fields of the form that can be wrong; several API fields may belong to one. */
export const draftFields = [
  'name',
  'sourceAddress',
  'paths',
  'excludes',
  'commands',
  'hooks',
  'cron',
  'timeZone',
  'strategy',
  'nodeId',
  'copies',
  'repositoryId',
  'ifAgentSilent',
  'retention',
  'bandwidth',
] as const;
export type DraftField = (typeof draftFields)[number];

/** What stands in the way of saving, as far as the browser can tell. */
export type DraftProblem = 'missing' | 'tooLong' | 'notAbsolute' | 'invalid';

export type DraftCheck =
  | { ok: true; input: TaskInput }
  | { ok: false; problems: Partial<Record<DraftField, DraftProblem>> };

/** The draft as `POST /tasks` takes it, judged by the contract's own schema. */
export function checkDraft(draft: TaskDraft, suggestedName: string): DraftCheck {
  const parsed = taskInput.safeParse({
    name: draft.name.trim() === '' ? suggestedName : draft.name,
    sourceAddress: draft.sourceAddress ?? '',
    paths: draft.paths,
    excludes: writtenExcludes(draft),
    commands: draft.commands,
    hooks: draft.hooks,
    schedule:
      draft.schedule === null
        ? null
        : { cron: cronOf(draft.schedule.preset).trim(), timeZone: draft.schedule.timeZone },
    strategy: draft.strategy,
    nodeId: draft.strategy === 'pinned' ? draft.nodeId : null,
    copies: draft.copies,
    repositoryId: draft.repositoryId,
    ifAgentSilent: draft.ifAgentSilent,
    retention: rawRetention(draft.keep),
    bandwidth: rawBandwidth(draft.bandwidth),
  });
  if (parsed.success) return { ok: true, input: parsed.data };
  const problems: Partial<Record<DraftField, DraftProblem>> = {};
  for (const issue of parsed.error.issues) {
    const field = draftField(issue.path.map(String).join('.'));
    if (field === null || problems[field] !== undefined) continue;
    // An empty name is made from the server and the paths: it lacks what they lack.
    if (field === 'name' && draft.name.trim() === '') continue;
    problems[field] = problemOf(issue, draft, field);
  }
  return { ok: false, problems };
}

/** Without the empty lines somebody leaves while typing. */
export function writtenExcludes(draft: Pick<TaskDraft, 'excludes'>): string[] {
  return draft.excludes.filter((pattern) => pattern.trim() !== '');
}

function problemOf(issue: z.core.$ZodIssue, draft: TaskDraft, field: DraftField): DraftProblem {
  if (field === 'sourceAddress' && draft.sourceAddress === null) return 'missing';
  if (field === 'nodeId' && draft.nodeId === null) return 'missing';
  // Neither paths nor commands.
  if (field === 'paths' && draft.paths.length === 0) return 'missing';
  if (field === 'bandwidth') return 'invalid';
  if (issue.code === 'too_small') return 'missing';
  if (issue.code === 'too_big') return 'tooLong';
  return field === 'paths' ? 'notAbsolute' : 'invalid';
}

/** `PATCH /tasks/{id}` takes neither the server nor the repository: they are what the task is. */
export function patchOf(input: TaskInput): TaskPatch {
  const { sourceAddress: _server, repositoryId: _repository, ...patch } = input;
  return patch;
}

/** The server's refusals by the field of the form they belong to; the rest is shown above the form. */
export function placeFieldErrors(errors: readonly FieldError[]): {
  byField: Partial<Record<DraftField, FieldError>>;
  others: FieldError[];
} {
  const byField: Partial<Record<DraftField, FieldError>> = {};
  const others: FieldError[] = [];
  for (const error of errors) {
    const field = draftField(error.field);
    if (field === null || byField[field] !== undefined) others.push(error);
    else byField[field] = error;
  }
  return { byField, others };
}

/** `body.schedule.cron`, `/paths/0`, `paths[0]` → the form's field. */
function draftField(wire: string): DraftField | null {
  const words = wire.split(/[^A-Za-z]+/).filter((word) => word !== '' && word !== 'body');
  if (words[0] === 'schedule') return words[1] === 'timeZone' ? 'timeZone' : 'cron';
  return draftFields.find((field) => field === words[0]) ?? null;
}

/** `web-1: pg-all, /srv and 2 more`, without the words, which differ by language. */
export function nameParts(
  draft: TaskDraft,
): { server: string; first: readonly string[]; more: number } | null {
  const taken = takenBy(draft);
  if (draft.sourceAddress === null || taken.length === 0) return null;
  return {
    server: draft.sourceAddress,
    first: taken.slice(0, 2),
    more: Math.max(0, taken.length - 2),
  };
}
