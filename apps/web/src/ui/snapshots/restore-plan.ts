import { type RestoreInput, restoreInput } from '@breakwater/contract/resources';

/** What stands in the way of a restore, as far as the browser can tell. */
export type RestoreCheck =
  | { ok: true; input: RestoreInput }
  | { ok: false; problem: 'nothing-chosen' | 'too-many' | 'no-server' | 'path-not-absolute' };

/** `basket` holds paths in the snapshot; `/` means all of it, which the API writes as no paths. */
export function planRestore(plan: {
  snapshotId: string;
  basket: readonly string[];
  address: string | null;
  path: string;
}): RestoreCheck {
  if (plan.basket.length === 0) return { ok: false, problem: 'nothing-chosen' };
  if (plan.basket.length > 1000) return { ok: false, problem: 'too-many' };
  if (plan.address === null) return { ok: false, problem: 'no-server' };
  const parsed = restoreInput.safeParse({
    snapshotId: plan.snapshotId,
    paths: plan.basket.includes('/') ? [] : plan.basket,
    target: { address: plan.address, path: plan.path.trim() },
  });
  if (parsed.success) return { ok: true, input: parsed.data };
  const field = parsed.error.issues[0]?.path.join('.') ?? '';
  return { ok: false, problem: field === 'target.address' ? 'no-server' : 'path-not-absolute' };
}

/** A folder that does not exist yet, named after the snapshot: agents restore only into fresh folders. */
export function freshFolder(snapshotId: string, now: Date): string {
  const stamp = now.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-');
  return `/var/tmp/restore-${snapshotId.slice(0, 8)}-${stamp}`;
}
