import { Failure } from '@breakwater/domain/failure';
import type { Repository } from '@breakwater/restic-format/repository';
import type { Command } from 'commander';
import { z } from 'zod';
import { collect } from './repo-action.ts';

/** `--distrust-pack ID[,ID…]`, repeatable: packs in which a check has found damage. */
export const distrustPackOption = z
  .array(z.string())
  .default([])
  .transform((lists, context) => {
    const packIds = new Set(lists.flatMap((list) => list.split(',')).map((id) => id.trim()));
    for (const id of packIds) {
      if (!/^[0-9a-f]{64}$/.test(id)) {
        context.addIssue(`"${id}" is no id of a pack: expected 64 hex digits, as check prints them`);
      }
    }
    return [...packIds];
  });

export function addDistrustOption(command: Command, description: string): Command {
  return command.option('--distrust-pack <ids>', `${description}; ID,ID (repeatable)`, collect);
}

/** Throws `invalid-request` when no index of the repository names one of the packs. */
export function refuseUnknownPacks({ index, store }: Repository, packIds: readonly string[]): void {
  if (packIds.length === 0) return;
  const known = new Set(Array.from(index.packSizes(), ({ packId }) => packId));
  const unknown = packIds.find((id) => !known.has(id));
  if (unknown === undefined) return;
  throw new Failure(
    'invalid-request',
    `--distrust-pack: no index of ${store.location} names pack ${unknown}: expected packs that check names`,
  );
}
