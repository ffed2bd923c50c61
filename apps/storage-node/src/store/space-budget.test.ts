import { describe, expect, it } from 'vitest';
import { defaultReserve, SpaceBudget, type SpaceLimits } from './space-budget.ts';

const GIB = 1024 ** 3;

function budgetOf(space: { totalBytes: number; freeBytes: number }, limits: Partial<SpaceLimits> = {}) {
  const used = { bytes: 0 };
  const budget = new SpaceBudget(
    async () => space,
    () => used.bytes,
    {
      reserveBytes: null,
      quotaBytes: null,
      ...limits,
    },
  );
  return { budget, space, used };
}

describe('defaultReserve', () => {
  it('is 2 %, at most 1 GiB', () => {
    expect([0, 1000, 10 * GIB, 1000 * GIB].map(defaultReserve)).toEqual([0, 20, 214_748_364, GIB]);
  });
});

describe('SpaceBudget', () => {
  it('keeps the reserve for those who may use it', async () => {
    const { budget } = budgetOf({ totalBytes: 10_000, freeBytes: 1000 });
    await expect(budget.admit(801, false)).rejects.toMatchObject({ code: 'node-full' });
    await budget.admit(800, false);
    await expect(budget.admit(1, false)).rejects.toMatchObject({ code: 'node-full' });
    await budget.admit(200, true);
    await expect(budget.admit(1, true)).rejects.toMatchObject({ code: 'node-full' });
  });

  it('counts what is promised until it is written or given up', async () => {
    const { budget, space } = budgetOf({ totalBytes: 10_000, freeBytes: 1200 }, { reserveBytes: 0 });
    const lease = await budget.admit(1000, false);
    await expect(budget.admit(300, false)).rejects.toMatchObject({ code: 'node-full' });
    await lease.take(400);
    space.freeBytes -= 400;
    await budget.admit(200, false).then((other) => other.release());
    lease.release();
    lease.release();
    const rest = await budget.admit(800, false);
    rest.release();
  });

  it('stops a body of unknown length where room ends', async () => {
    const { budget, space } = budgetOf({ totalBytes: 10_000, freeBytes: 1000 }, { reserveBytes: 100 });
    const lease = await budget.admit(null, false);
    await lease.take(900);
    space.freeBytes -= 900;
    await expect(lease.take(1)).rejects.toMatchObject({ code: 'node-full' });
    await expect(budget.admit(null, false)).rejects.toMatchObject({ code: 'node-full' });
  });

  it('keeps a quota, but lets prune work', async () => {
    const { budget, used } = budgetOf({ totalBytes: 10_000, freeBytes: 9000 }, { quotaBytes: 500 });
    used.bytes = 400;
    await expect(budget.admit(101, false)).rejects.toMatchObject({ code: 'quota-exceeded' });
    await budget.admit(100, false);
    await expect(budget.admit(1, false)).rejects.toMatchObject({ code: 'quota-exceeded' });
    await budget.admit(50, true);
  });

  it('reports the tighter of volume and quota, the reserve included', async () => {
    const { budget, used } = budgetOf({ totalBytes: 10_000, freeBytes: 9000 }, { quotaBytes: 500 });
    used.bytes = 400;
    expect(await budget.capacity()).toEqual({ totalBytes: 500, freeBytes: 300, reserveBytes: 200 });
    const plain = budgetOf({ totalBytes: 10_000, freeBytes: 9000 });
    expect(await plain.budget.capacity()).toEqual({ totalBytes: 10_000, freeBytes: 9000, reserveBytes: 200 });
  });
});
