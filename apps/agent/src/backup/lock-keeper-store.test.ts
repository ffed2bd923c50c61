import type { FileKind } from '@breakwater/restic-format/pack-store';
import { blobId } from '@breakwater/restic-format/sealed-blob';
import { MemoryStore } from '@breakwater/restic-format/testing/memory-store';
import { describePackStore } from '@breakwater/restic-format/testing/pack-store-conformance';
import { describe, expect, it } from 'vitest';
import { LockedStore } from './lock-keeper-store.ts';

describePackStore('LockedStore', async () => ({ store: new LockedStore(new MemoryStore()) }));

const bytes = Buffer.from('content');
const name = blobId(bytes);

describe('LockedStore without a lock that holds', () => {
  function lostStore(): { store: LockedStore; memory: MemoryStore; lose: () => void } {
    const memory = new MemoryStore();
    const store = new LockedStore(memory);
    let lost = false;
    store.guardWith(() => {
      if (lost) throw new Error('lost');
    });
    return {
      store,
      memory,
      lose: () => {
        lost = true;
      },
    };
  }

  it.each(['data', 'index', 'snapshots', 'keys'] as const)('changes no %s, but reads them', async (kind) => {
    const { store, memory, lose } = lostStore();
    await memory.write(kind, name, [bytes]);
    lose();
    await expect(store.write(kind, blobId(Buffer.of()), [Buffer.of()])).rejects.toThrow('lost');
    await expect(store.remove(kind, name)).rejects.toThrow('lost');
    expect([...memory.files.keys()]).toEqual([`${kind}/${name}`]);
    expect(await store.read(kind, name)).toEqual(bytes);
    expect(await store.stat(kind, name)).toBe(bytes.length);
    expect(await store.list(kind)).toHaveLength(1);
  });

  it('lets locks through', async () => {
    const { store, memory, lose } = lostStore();
    lose();
    await store.write('locks', name, [bytes]);
    await store.remove('locks', name);
    expect(memory.files.size).toBe(0);
  });

  it.each([
    ['data', true],
    ['index', false],
    ['snapshots', false],
  ] as const)('of what was on its way when it was lost, %s stays: %s', async (kind, stays) => {
    const { store, memory, lose } = lostStore();
    const write = memory.write.bind(memory);
    memory.write = async (...args: [FileKind, string, readonly Uint8Array[]]) => {
      await write(...args);
      lose();
    };
    const writing = store.write(kind, name, [bytes]);
    if (stays) await writing;
    else await expect(writing).rejects.toThrow('lost');
    expect(memory.files.has(`${kind}/${name}`)).toBe(stays);
  });
});
