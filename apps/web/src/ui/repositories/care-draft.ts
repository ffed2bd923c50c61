import { type CarePlan, carePlan, type RepositoryRunInput } from '@breakwater/contract/repository-care';

/** The care plan while somebody changes it: days as typed. */
export interface PlanDraft {
  enabled: boolean;
  pruneEveryDays: string;
  checkEveryByteDays: string;
}

export function planDraftOf(plan: CarePlan): PlanDraft {
  return {
    enabled: plan.enabled,
    pruneEveryDays: String(plan.pruneEveryDays),
    checkEveryByteDays: String(plan.checkEveryByteDays),
  };
}

export type PlanCheck =
  | { ok: true; plan: CarePlan }
  | { ok: false; wrong: readonly ('pruneEveryDays' | 'checkEveryByteDays')[] };

/** Judged by the contract's own schema. */
export function checkPlan(draft: PlanDraft): PlanCheck {
  const days = (text: string) => (/^\d+$/.test(text.trim()) ? Number(text) : text);
  const parsed = carePlan.safeParse({
    enabled: draft.enabled,
    pruneEveryDays: days(draft.pruneEveryDays),
    checkEveryByteDays: days(draft.checkEveryByteDays),
  });
  if (parsed.success) return { ok: true, plan: parsed.data };
  const fields = new Set(parsed.error.issues.map((issue) => issue.path[0]));
  return {
    ok: false,
    wrong: (['pruneEveryDays', 'checkEveryByteDays'] as const).filter((field) => fields.has(field)),
  };
}

export const readChoices = ['structure', 'part', 'all'] as const;
export type ReadChoice = (typeof readChoices)[number];

/** `nodeId` null: the control center chooses the copy. A part is a tenth of the packs, chosen at random. */
export function checkInput(nodeId: string | null, read: ReadChoice): RepositoryRunInput {
  return {
    kind: 'check',
    ...(nodeId === null ? {} : { nodeId }),
    readData: read === 'all',
    ...(read === 'part' ? { readDataSubset: '10%' } : {}),
  };
}

export const unusedChoices = ['usual', 'none', 'any'] as const;
export type UnusedChoice = (typeof unusedChoices)[number];

const maxUnused = {
  usual: { kind: 'percent', percent: 5 },
  none: { kind: 'bytes', bytes: 0 },
  any: { kind: 'unlimited' },
} as const;

export function pruneInput(nodeId: string | null, unused: UnusedChoice): RepositoryRunInput {
  return { kind: 'prune', ...(nodeId === null ? {} : { nodeId }), maxUnused: maxUnused[unused] };
}
