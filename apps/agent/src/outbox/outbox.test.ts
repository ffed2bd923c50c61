import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunReport, RunReportEnvelope } from '@breakwater/contract/agent-run';
import { Failure } from '@breakwater/domain/failure';
import { createLogger } from '@breakwater/process/logger';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reportInterrupted } from '../runs/report-interrupted.ts';
import { type DatabaseSync, openAgentDatabase } from './agent-database.ts';
import { Outbox } from './outbox.ts';
import { OutboxDelivery } from './outbox-delivery.ts';
import { RunJournal } from './run-journal.ts';

const RUN = '6b1f1d1c-5f0e-4b6a-9a51-5d4b8f0a1c11';
const OTHER = '6b1f1d1c-5f0e-4b6a-9a51-5d4b8f0a1c22';
const logger = createLogger('test', 'silent');
const note = (message: string): RunReport => ({ type: 'note', at: 1, level: 'info', message });
const messageOf = (envelope: RunReportEnvelope | null) =>
  envelope?.report.type === 'note' ? envelope.report.message : undefined;

let folder: string;
let database: DatabaseSync;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'breakwater-'));
  database = openAgentDatabase(folder);
});
afterEach(async () => {
  if (database.isOpen) database.close();
  await rm(folder, { recursive: true });
});
const reopen = () => {
  database.close();
  database = openAgentDatabase(folder);
};

describe('openAgentDatabase', () => {
  it('lets one process at a time in, and only its owner read it', async () => {
    expect(() => openAgentDatabase(folder)).toThrow(`Another agent is running on ${folder}.`);
    expect((await stat(join(folder, 'agent.db'))).mode & 0o777).toBe(0o600);
  });

  it('refuses one of a newer version, and changes nothing in it', () => {
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => openAgentDatabase(folder)).toThrow('newer version');
  });
});

describe('Outbox', () => {
  it('keeps order and numbers over restarts, and never uses a number twice', () => {
    const before = new Outbox(database);
    before.append(RUN, 1, note('one'));
    before.append(RUN, 1, note('two'));
    reopen();
    const after = new Outbox(database);
    expect(after.first()).toEqual({ seq: 1, runId: RUN, attempt: 1, report: note('one') });
    after.remove(1);
    after.remove(2);
    expect(after.first()).toBeNull();
    reopen();
    const again = new Outbox(database);
    again.append(RUN, 1, note('three'));
    expect(again.first()?.seq).toBe(3);
  });

  it('refuses what the contract does not know, before it is kept', () => {
    const outbox = new Outbox(database);
    expect(() => outbox.append('no-id', 1, note('x'))).toThrow();
    expect(() => outbox.append(RUN, 1, { ...note('x'), at: -1 })).toThrow();
    expect(outbox.length).toBe(0);
  });
});

describe('OutboxDelivery', () => {
  it('sends in order, removes only what was acknowledged, and goes on after a new connection', async () => {
    const outbox = new Outbox(database);
    const seen: (string | undefined)[] = [];
    const stuck = Promise.withResolvers<void>();
    const atSecond = Promise.withResolvers<void>();
    let hold = true;
    const delivery = new OutboxDelivery({
      outbox,
      logger,
      send: async (envelope) => {
        seen.push(messageOf(envelope));
        if (messageOf(envelope) === 'two' && hold) {
          atSecond.resolve();
          await stuck.promise;
        }
      },
    });
    outbox.append(RUN, 1, note('one'));
    outbox.append(RUN, 1, note('two'));
    expect(seen).toEqual([]);
    delivery.connected();
    await atSecond.promise;
    expect(messageOf(outbox.first())).toBe('two');
    delivery.disconnected();
    hold = false;
    stuck.reject(new Failure('unavailable', 'the connection broke', { retryable: true }));
    await delivery.settled();
    expect(messageOf(outbox.first())).toBe('two');
    outbox.append(RUN, 1, note('three'));
    delivery.connected();
    await delivery.settled();
    expect(seen).toEqual(['one', 'two', 'two', 'three']);
    expect(outbox.length).toBe(0);
  });

  it('tries again what failed for a passing reason, before anything else', async () => {
    const outbox = new Outbox(database);
    const seen: (string | undefined)[] = [];
    const delivery = new OutboxDelivery({
      outbox,
      logger,
      backoff: { firstMs: 1, longestMs: 1 },
      send: async (envelope) => {
        seen.push(messageOf(envelope));
        if (seen.length < 3) throw new Failure('unavailable', 'not now', { retryable: true });
      },
    });
    delivery.connected();
    outbox.append(RUN, 1, note('one'));
    outbox.append(RUN, 1, note('two'));
    await delivery.settled();
    expect(seen).toEqual(['one', 'one', 'one', 'two']);
  });

  it('drops what is refused for good, so that the rest gets through', async () => {
    const outbox = new Outbox(database);
    const taken: (string | undefined)[] = [];
    const delivery = new OutboxDelivery({
      outbox,
      logger,
      send: async (envelope) => {
        if (envelope.runId === OTHER) throw new Failure('not-found', 'no such run');
        taken.push(messageOf(envelope));
      },
    });
    outbox.append(OTHER, 1, note('lost'));
    outbox.append(RUN, 1, note('kept'));
    delivery.connected();
    await delivery.settled();
    expect(taken).toEqual(['kept']);
    expect(outbox.length).toBe(0);
  });
});

describe('RunJournal', () => {
  it('knows what it has taken, by run and attempt, over restarts', () => {
    new RunJournal(database, new Outbox(database)).accept({ runId: RUN, attempt: 2, kind: 'backup' }, 1000);
    reopen();
    const journal = new RunJournal(database, new Outbox(database));
    expect(journal.knows(RUN, 2)).toBe(true);
    expect(journal.knows(RUN, 3)).toBe(false);
    expect(journal.open()).toEqual([{ runId: RUN, attempt: 2, kind: 'backup' }]);
  });

  it('reports what a process died with as interrupted, once', () => {
    const outbox = new Outbox(database);
    const journal = new RunJournal(database, outbox);
    journal.accept({ runId: RUN, attempt: 1, kind: 'backup' }, 1000);
    reportInterrupted(journal, logger, 2000);
    reportInterrupted(journal, logger, 3000);
    expect(outbox.length).toBe(1);
    expect(outbox.first()).toMatchObject({
      runId: RUN,
      attempt: 1,
      report: {
        type: 'ended',
        at: 2000,
        outcome: 'failed',
        failure: { code: 'interrupted', retryable: true },
      },
    });
    expect(journal.open()).toEqual([]);
    expect(journal.knows(RUN, 1)).toBe(true);
  });

  it('ends a run and its report together or not at all', () => {
    const outbox = new Outbox(database);
    const journal = new RunJournal(database, outbox);
    journal.accept({ runId: RUN, attempt: 1, kind: 'restore' }, 1000);
    const broken = { type: 'ended', at: -5 } as unknown as Parameters<RunJournal['end']>[1];
    expect(() => journal.end({ runId: RUN, attempt: 1 }, broken)).toThrow();
    expect(journal.open()).toHaveLength(1);
    expect(outbox.length).toBe(0);
  });

  it('forgets runs that ended long ago', () => {
    const journal = new RunJournal(database, new Outbox(database));
    journal.accept({ runId: RUN, attempt: 1, kind: 'check' }, 1000);
    reportInterrupted(journal, logger, 1000);
    journal.accept({ runId: OTHER, attempt: 1, kind: 'check' }, 40 * 86_400_000);
    expect(journal.knows(RUN, 1)).toBe(false);
    expect(journal.knows(OTHER, 1)).toBe(true);
  });
});
