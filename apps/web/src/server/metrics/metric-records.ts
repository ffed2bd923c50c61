import type { Database } from '../db/client.ts';

export interface FleetFigures {
  runs: { kind: string; state: string; count: number }[];
  snapshots: number;
  repositories: number;
  copyBytes: number;
  tasks: number;
}

/** Counts over everything, for the scrape. */
export async function fleetFigures(db: Database): Promise<FleetFigures> {
  const [runs, snapshots, repositories, copies, tasks] = await Promise.all([
    db.run.groupBy({ by: ['kind', 'state'], _count: { _all: true } }),
    db.snapshot.count({ where: { forgottenAt: null } }),
    db.repository.count(),
    db.copy.aggregate({ _sum: { bytes: true } }),
    db.task.count({ where: { deletedAt: null } }),
  ]);
  return {
    runs: runs.map((row) => ({ kind: row.kind, state: row.state, count: row._count._all })),
    snapshots,
    repositories,
    copyBytes: Number(copies._sum.bytes ?? 0),
    tasks,
  };
}

/** Throws what the database throws when it does not answer. */
export async function pingDatabase(db: Database): Promise<void> {
  await db.$queryRaw`SELECT 1`;
}
