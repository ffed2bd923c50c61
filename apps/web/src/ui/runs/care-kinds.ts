import type { RunKind } from '@breakwater/contract/run';

const careKinds = ['check', 'forget', 'prune'] as const;
export type CareKind = (typeof careKinds)[number];

/** What is done to a repository itself, by a maintenance agent: it has packs and snapshots, and no files. */
export function isCareKind(kind: RunKind): kind is CareKind {
  return careKinds.some((one) => one === kind);
}
