import { expect, it, onTestFinished } from 'vitest';
import { partsOfKey } from './cloned-key.ts';
import { randomKey } from './crypto.ts';
import { OrderThreads } from './order-threads.ts';

function newThreads(): OrderThreads<string, string> {
  const module = new URL('./testing/test-thread.ts', import.meta.url);
  const threads = new OrderThreads<string, string>({ module, data: 'did', name: 'a test thread' });
  onTestFinished(() => threads.close('the test is over'));
  return threads;
}

it('answers orders in their order, and goes on after one that failed', async () => {
  const threads = newThreads();
  const thread = threads.add();
  const answers = ['one', 'fail', 'two'].map((order) => thread.perform(order));
  expect(thread.open).toBe(3);
  expect(await Promise.allSettled(answers)).toEqual([
    { status: 'fulfilled', value: 'did one' },
    { status: 'rejected', reason: expect.objectContaining({ code: 'internal', message: 'told to fail' }) },
    { status: 'fulfilled', value: 'did two' },
  ]);
  expect(thread.open).toBe(0);
});

it('gives work to the thread that has least', async () => {
  const threads = newThreads();
  expect(threads.leastBusy()).toBeNull();
  const [first, second] = [threads.add(), threads.add()];
  const answer = first.perform('one');
  expect(threads.leastBusy()).toBe(second);
  await answer;
  expect(threads.leastBusy()).toBe(first);
});

it('ends all threads with one of them: what is open fails, and what comes later', async () => {
  const threads = newThreads();
  const [first, second] = [threads.add(), threads.add()];
  const lost = expect.objectContaining({
    code: 'internal',
    retryable: true,
    message: 'a test thread ended: exit code 3',
  });
  const open = [first.perform('end'), first.perform('one')];
  expect(await Promise.allSettled(open)).toEqual(open.map(() => ({ status: 'rejected', reason: lost })));
  expect(threads.ended).toEqual(lost);
  await expect(second.perform('two')).rejects.toEqual(lost);
});

it('drops what is open when it is closed', async () => {
  const threads = newThreads();
  const answer = threads.add().perform('one');
  const dropped = expect(answer).rejects.toMatchObject({ code: 'cancelled', message: 'no longer wanted' });
  await threads.close('no longer wanted');
  await dropped;
});

// The module loads native code, which Node must not break off: that would end the whole process.
it('ends threads that are just starting', async () => {
  const module = new URL('./check-worker.ts', import.meta.url);
  for (const waits of [false, true, true]) {
    const threads = new OrderThreads({
      module,
      data: { key: partsOfKey(randomKey()), files: null },
      name: 'a test thread',
    });
    const first = threads.add();
    for (let count = 0; count < 3; count += 1) threads.add();
    const none = Buffer.of();
    if (waits) await first.perform({ work: 'trees', source: none, entries: none });
    await threads.close('the test is over');
  }
});
