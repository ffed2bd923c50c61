import { expect, it } from 'vitest';
import { SealedPackWriter } from './sealed-pack-writer.ts';
import { blobId, sealBlob } from './sealed-blob.ts';
import { newRepository } from './testing/new-repository.ts';

it('takes blobs from many at once, whichever of its uploads end together', async () => {
  const { repository } = await newRepository();
  for (let uploads = 1; uploads <= 4; uploads += 1) {
    for (let adders = 1; adders <= 12; adders += 1) {
      const writer = new SealedPackWriter(repository, { packSize: 300, uploads });
      const ids: string[] = [];
      const add = async (adder: number): Promise<void> => {
        for (let at = 0; at < 20; at += 1) {
          const plaintext = Buffer.from(`${uploads} ${adders} ${adder} ${at}`);
          const sealed = sealBlob(repository.key, 2, 'data', plaintext, blobId(plaintext));
          for (let turns = 0; turns < (at * adder) % 7; turns += 1) await Promise.resolve();
          await writer.add(sealed, sealed.bytes);
          ids.push(sealed.id);
        }
      };
      await Promise.all(Array.from({ length: adders }, (_, adder) => add(adder)));
      await writer.finishPacks();
      const stored = writer.takeUnindexed().flatMap(({ blobs }) => blobs.map(({ id }) => id));
      expect(stored.toSorted()).toEqual(ids.toSorted());
    }
  }
});
