import { asFailure, Failure } from '@breakwater/domain/failure';
import type { Logger } from '@breakwater/process/logger';
import { agentVersion, platform } from '../config.ts';
import { Bandwidth } from '../bandwidth/bandwidth.ts';
import { AllowList } from '../commands/allow-list.ts';
import { CommandReports } from '../commands/command-reports.ts';
import { type AgentIdentity, readAgentIdentity, writeAgentIdentity } from '../enrol/agent-identity.ts';
import { type CenterLink, openCenterLink } from '../link/center-link.ts';
import { Heartbeats } from '../link/heartbeats.ts';
import { openAgentDatabase } from '../outbox/agent-database.ts';
import { Outbox } from '../outbox/outbox.ts';
import { OutboxDelivery } from '../outbox/outbox-delivery.ts';
import { PackJournal } from '../outbox/pack-journal.ts';
import { RunJournal } from '../outbox/run-journal.ts';
import { reportInterrupted } from '../runs/report-interrupted.ts';
import type { RunLimits } from '../runs/run-context.ts';
import { admitTarget } from '../runs/restore-target.ts';
import { RunsInHand } from '../runs/runs-in-hand.ts';
import { browse } from '../source/browse.ts';
import { examinePaths } from '../source/examine-paths.ts';
import { preview } from '../source/preview.ts';
import { Prober } from '../speed/prober.ts';
import { SpeedReports } from '../speed/speed-reports.ts';
import { SpeedTable } from '../speed/speed-table.ts';

export interface StartAgentOptions {
  dataDir: string;
  logger: Logger;
  limits: RunLimits;
  allowRestoreAnywhere: boolean;
  /** The file that lists the commands which may run here; null: none may. */
  allowCommands: string | null;
  /** The control center has ended this agent's enrolment: all work is stopped. `reason` is a sentence. */
  onReleased: (reason: string) => void;
}

export interface RunningAgent {
  readonly identity: AgentIdentity;
  /** Ends runs as interrupted, delivers what can be delivered soon, and lets the data folder go. */
  close(): Promise<void>;
}

/** A person who clicked waits for it: what was not counted by then is told as incomplete. */
const PREVIEW_BUDGET_MS = 10_000;
/** When stopping, the outbox gets this long to be delivered; what is left is delivered after the next start. */
const LAST_DELIVERY_MS = 3000;

/**
 * Starts the enrolled agent of this data folder. Throws a Failure: `not-found` (not enrolled), `conflict` (another
 * agent runs on the folder), `forbidden` (it was released), `command-not-allowed` (the list of commands may not be
 * trusted, or does not parse).
 */
export async function startAgent(options: StartAgentOptions): Promise<RunningAgent> {
  const { dataDir, logger } = options;
  const identity = await readAgentIdentity(dataDir);
  if (identity === null) {
    throw new Failure(
      'not-found',
      `${dataDir} holds no enrolled agent: run "breakwater-agent enroll" first.`,
    );
  }
  if (identity.credential === null) {
    throw new Failure(
      'forbidden',
      `The agent in ${dataDir} was released by ${identity.server}: enrol it again with "breakwater-agent enroll".`,
    );
  }
  // Later it may be changed at any time; at the start a person is there to be told.
  await AllowList.read(options.allowCommands);
  const database = openAgentDatabase(dataDir);
  const version = agentVersion();
  const stopped = new AbortController();

  const outbox = new Outbox(database);
  const journal = new RunJournal(database, outbox);
  reportInterrupted(journal, logger, Date.now());
  const speedReports = new SpeedReports(() => link);
  const speeds = new SpeedTable({ database, now: Date.now, onSample: (sample) => speedReports.add(sample) });
  const commandReports = new CommandReports({ file: options.allowCommands, link: () => link, logger });
  const limitsOnLine = new Bandwidth();
  const prober = new Prober({
    table: speeds,
    pace: limitsOnLine.rates.upload,
    isIdle: () => runs.isIdle,
    logger,
  });
  const delivery = new OutboxDelivery({
    outbox,
    logger,
    send: async (envelope) => void (await link.request('report', envelope)),
  });

  const released = async (reason: string, forget: boolean): Promise<void> => {
    if (stopped.signal.aborted) return;
    logger.error({ reason }, 'this agent was released by the control center');
    if (forget) await writeAgentIdentity(dataDir, { ...identity, credential: null });
    await close();
    options.onReleased(reason);
  };

  const link: CenterLink = openCenterLink({
    server: identity.server,
    agentId: identity.agentId,
    credential: identity.credential,
    version,
    logger,
    onConnected: () => {
      heartbeats.start();
      delivery.connected();
      speedReports.connected();
      commandReports.connected();
    },
    onDisconnected: () => {
      heartbeats.stop();
      delivery.disconnected();
      commandReports.disconnected();
    },
    onRejected: ({ message }) => {
      // The file stays as it is: who answers here may be another control center, such as one not restored yet.
      const words = `The control center at ${identity.server} does not accept this agent: ${message}.`;
      void released(words, false);
    },
    handlers: {
      run: (order) => runs.take(order),
      cancel: ({ runId }) => {
        runs.cancel(runId);
        return {};
      },
      'probe-targets': (targets) => {
        prober.setTargets(targets);
        return {};
      },
      bandwidth: (told) => {
        limitsOnLine.hear(told);
        return {};
      },
      browse: ({ path }) => browse(path),
      preview: (request) => preview(request, stopped.signal, PREVIEW_BUDGET_MS),
      'examine-paths': ({ paths }) => ({ broken: examinePaths(paths) }),
      'admit-target': async ({ path }) => ({ mode: await admitTarget(path, options.allowRestoreAnywhere) }),
      released: ({ reason }) => {
        // After this answer is on its way.
        setImmediate(() => {
          const words = `This agent was released by the control center at ${identity.server}: ${reason}.`;
          released(words, true).catch((error: unknown) =>
            logger.error({ err: asFailure(error) }, 'released'),
          );
        });
        return {};
      },
    },
  });
  const runs = new RunsInHand({
    link,
    speeds,
    prober,
    limits: options.limits,
    packs: new PackJournal(database),
    limitsOnLine,
    allowRestoreAnywhere: options.allowRestoreAnywhere,
    allowCommands: options.allowCommands,
    role: identity.role,
    journal,
    outbox,
    logger,
    onChange: () => {
      heartbeats.beat();
      prober.nudge();
    },
  });
  const heartbeats = new Heartbeats({
    link,
    // A run whose outcome is still to be delivered is in hand, too: it must not count as lost meanwhile.
    describe: () => ({ state: runs.isIdle ? 'idle' : 'busy', runs: inHand(runs, outbox) }),
    version,
    platform: platform(),
    logger,
  });

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      stopped.abort();
      heartbeats.stop();
      commandReports.disconnected();
      await prober.close();
      await runs.close();
      limitsOnLine.close();
      await settledWithin(delivery, LAST_DELIVERY_MS);
      link.close();
      delivery.disconnected();
      await delivery.settled();
      database.close();
    })();
    return closing;
  };
  logger.info({ address: identity.address, server: identity.server, version }, 'the agent is running');
  return { identity, close };
}

function inHand(runs: RunsInHand, outbox: Outbox): { runId: string; attempt: number }[] {
  const byId = new Map(outbox.runs().map((run) => [run.runId, run]));
  for (const run of runs.list()) byId.set(run.runId, run);
  return [...byId.values()];
}

async function settledWithin(delivery: OutboxDelivery, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  await Promise.race([delivery.settled(), promise]);
  clearTimeout(timer);
}
