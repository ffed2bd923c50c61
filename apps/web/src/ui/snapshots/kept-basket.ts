import { sourceAddress } from '@breakwater/contract/ids';
import { absolutePath } from '@breakwater/contract/task';
import { z } from 'zod';

/** What a reader has chosen of one snapshot, and where it is to go. null: not decided yet. */
export interface KeptBasket {
  paths: readonly string[];
  address: string | null;
  folder: string | null;
}

export const EMPTY_BASKET: KeptBasket = { paths: [], address: null, folder: null };

const stored = z.strictObject({
  paths: z.array(absolutePath),
  address: sourceAddress.nullable(),
  // As typed so far, right or wrong.
  folder: z.string().nullable(),
});

/** The part of a browser's session storage that is needed; it may refuse everything. */
export type BasketStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const nameOf = (snapshotId: string) => `breakwater-restore-${snapshotId}`;

/** What was kept for this snapshot; an empty basket when nothing was, or when it cannot be understood. */
export function readBasket(store: BasketStore, snapshotId: string): KeptBasket {
  try {
    const text = store.getItem(nameOf(snapshotId));
    return text === null ? EMPTY_BASKET : stored.parse(JSON.parse(text));
  } catch {
    return EMPTY_BASKET;
  }
}

/** Keeps it as long as the browser's tab lives. An empty basket leaves nothing behind. */
export function writeBasket(store: BasketStore, snapshotId: string, basket: KeptBasket): void {
  try {
    if (basket.paths.length === 0) store.removeItem(nameOf(snapshotId));
    else store.setItem(nameOf(snapshotId), JSON.stringify(basket));
  } catch {
    // Storage may be forbidden or full: the basket then lasts as long as the page.
  }
}
