import type { Remark } from '@breakwater/contract/remark';
import type { Overview } from '@breakwater/contract/resources';
import { storageTotals } from '@breakwater/domain/storage-totals';
import { type AgentRecord, isOnline } from '../agents/agents.ts';
import type { Center } from '../center.ts';
import { say } from '../remarks/say.ts';
import { underCopied } from '../replication/under-copied.ts';
import { unconfirmedKits } from '../repositories/repositories.ts';
import { findRuns } from '../runs/find-runs.ts';
import { taskHistories } from '../runs/run-history.ts';
import type { TaskRow } from '../tasks/tasks.ts';
import { everyTask } from '../tasks/task-schedule.ts';
import { countBackupsByDay } from './day-count-records.ts';
import { dayStrip, DAYS, lastDays } from './day-strip.ts';
import { judgeServer, type TaskFacts, worstFirst } from './judge-task.ts';

type Server = Overview['servers'][number];

/** More than are shown: the console makes one line of those that say the same. */
const EVENTS = 40;
const RUNNING = 50;

/** Is everything protected? The worst server first, its last 30 days in `timeZone`, what runs now, what to do. */
export async function readOverview(center: Center, timeZone: string): Promise<Overview> {
  const now = center.now();
  const days = lastDays(timeZone, now);
  // A day more than is shown: the first one begins at another hour elsewhere.
  const since = new Date(now - (DAYS + 1) * 86_400_000);
  const [agents, tasks, histories, counts, active, storage, events, reminders] = await Promise.all([
    center.agents.all(),
    everyTask(center),
    taskHistories(center),
    countBackupsByDay(center.db, since, timeZone),
    findRuns(center, { state: ['dispatched', 'running'] }, { limit: RUNNING - 1, after: null }),
    storageFigures(center),
    center.events.list({ limit: EVENTS }),
    remindersOf(center),
  ]);
  const sources = agents.filter((agent) => agent.role === 'source');
  const addresses = new Set([
    ...sources.map((agent) => agent.address),
    ...tasks.map((task) => task.sourceAddress),
  ]);
  for (const agent of agents) if (agent.role === 'maintenance') addresses.delete(agent.address);
  const servers = [...addresses].map((address): Server => {
    const agent = sources.find((one) => one.address === address);
    const own = tasks.filter((task) => task.sourceAddress === address);
    const facts = own.map((task): TaskFacts => {
      const history = histories.get(task.id);
      return {
        name: task.name,
        scheduled: task.cron !== null,
        lastSuccessAt: history?.lastSnapshotAt?.getTime() ?? null,
        partial: history?.partial ?? false,
        lastOutcome: history?.lastOutcome ?? null,
        missed: history?.missed ?? 0,
      };
    });
    const agentState = stateOf(agent, center);
    const { state, remark } = judgeServer(agentState, facts, now);
    return {
      address,
      agentId: agent?.id ?? null,
      agentState,
      state,
      reason: remark?.text ?? null,
      remark,
      missed: facts.reduce((sum, task) => sum + task.missed, 0),
      lastSuccessAt: isoOf(
        Math.max(...own.map((task) => histories.get(task.id)?.lastGoodAt?.getTime() ?? 0), 0),
      ),
      nextRunAt: nextOf(own),
      tasks: own.length,
      days: dayStrip(
        days,
        counts.filter((one) => one.sourceAddress === address),
      ),
    };
  });
  const rank = (server: Server) => worstFirst.indexOf(server.state);
  servers.sort((a, b) => rank(a) - rank(b) || (a.address < b.address ? -1 : 1));
  return {
    servers,
    running: active.map((run) => ({
      runId: run.id,
      kind: run.kind,
      state: run.state,
      title: run.taskName ?? run.restore?.targetAddress ?? run.sourceAddress ?? run.kind,
    })),
    storage,
    events: events.slice(0, EVENTS),
    reminders,
  };
}

function stateOf(agent: AgentRecord | undefined, center: Center): Server['agentState'] {
  if (agent === undefined) return 'none';
  if (!isOnline(agent.lastHeartbeatAt, center)) return 'offline';
  return agent.busy ? 'busy' : 'idle';
}

function isoOf(at: number): string | null {
  return at === 0 ? null : new Date(at).toISOString();
}

function nextOf(tasks: readonly TaskRow[]): string | null {
  const times = tasks.map((task) => task.nextRunAt).filter((time) => time !== null);
  return times.length === 0 ? null : new Date(Math.min(...times.map((time) => time.getTime()))).toISOString();
}

async function storageFigures(center: Center): Promise<Overview['storage']> {
  const nodes = await center.storageNodes.list({ limit: 10_000 });
  return {
    ...storageTotals(nodes),
    usedByCopiesBytes: nodes.reduce((total, node) => total + node.usedByCopiesBytes, 0),
    nodesOnline: nodes.filter((node) => node.online).length,
    nodes: nodes.length,
  };
}

/** What keeps the Overview amber until somebody has done it. */
async function remindersOf(center: Center): Promise<Overview['reminders']> {
  const [settings, kits, users, agents, nodes, lacking] = await Promise.all([
    center.settings.read(),
    unconfirmedKits(center),
    center.users.list({ limit: 1000 }),
    center.agents.all(),
    center.storageNodes.all(),
    underCopied(center),
  ]);
  const reminders: Overview['reminders'] = [];
  const add = (kind: Overview['reminders'][number]['kind'], remark: Remark, subjectId: string | null) =>
    reminders.push({ kind, message: remark.text, remark, subjectId });
  if (settings.masterKeyConfirmedAt === null) {
    add('master-key', say('keep-master-key', {}), null);
  }
  const maintenance = new Set(
    agents.filter((agent) => agent.role === 'maintenance').map((agent) => agent.address),
  );
  // Nothing will ever come into the repository of a maintenance agent; what a server left there before needs its kit.
  const needed = kits.filter(
    (kit) => kit.snapshots > 0 || kit.sourceAddress === null || !maintenance.has(kit.sourceAddress),
  );
  for (const kit of needed) {
    add('recovery-kit', say('keep-recovery-kit', { of: kit.sourceAddress ?? kit.id }), kit.id);
  }
  for (const { repositoryId, sourceAddress, complete, wanted } of lacking) {
    const of = sourceAddress ?? repositoryId;
    add('under-copied', say('repository-under-copied', { of, complete, wanted }), repositoryId);
  }
  for (const user of users.filter((one) => one.mustChangePassword)) {
    add('admin-password', say('one-time-password', { email: user.email }), user.id);
  }
  for (const peer of [...agents, ...nodes].filter((one) => one.insecureHttp)) {
    add('insecure-http', say('plain-http', { name: 'address' in peer ? peer.address : peer.name }), peer.id);
  }
  return reminders;
}
