import { type Retention, retention } from '@breakwater/contract/retention';

/** The rules that count snapshots, and those that take all of a span, row by row as the form shows them. */
export const keepRules = [
  { name: 'latest', count: 'keepLast', span: 'keepWithin' },
  { name: 'hourly', count: 'keepHourly', span: 'keepWithinHourly' },
  { name: 'daily', count: 'keepDaily', span: 'keepWithinDaily' },
  { name: 'weekly', count: 'keepWeekly', span: 'keepWithinWeekly' },
  { name: 'monthly', count: 'keepMonthly', span: 'keepWithinMonthly' },
  { name: 'yearly', count: 'keepYearly', span: 'keepWithinYearly' },
] as const satisfies readonly { name: string; count: keyof Retention; span: keyof Retention }[];

export const countRules = keepRules.map((rule) => rule.count);
export const spanRules = keepRules.map((rule) => rule.span);
export type CountRule = (typeof countRules)[number];
export type SpanRule = (typeof spanRules)[number];
export type KeepRule = CountRule | SpanRule;

/** What is kept in the usual cases; `own` is everything else. */
export const keepPresets = ['everything', 'year', 'month', 'own'] as const;
export type KeepPreset = (typeof keepPresets)[number];

const presetRetention: Record<Exclude<KeepPreset, 'own'>, Retention | null> = {
  everything: null,
  year: { keepDaily: 7, keepWeekly: 4, keepMonthly: 12 },
  month: { keepDaily: 30 },
};

/** The retention while somebody chooses it. The rules are as typed, and stay when a preset is tried out. */
export interface KeepDraft {
  preset: KeepPreset;
  rules: Readonly<Partial<Record<KeepRule, string>>>;
}

export const KEEP_EVERYTHING: KeepDraft = { preset: 'everything', rules: {} };

/** The preset that says the same, or else the rules themselves. */
export function keepDraftOf(kept: Retention | null): KeepDraft {
  for (const preset of ['everything', 'year', 'month'] as const) {
    if (sameRules(presetRetention[preset], kept)) return { preset, rules: {} };
  }
  return { preset: 'own', rules: typed(kept) };
}

/** Another preset; the own rules begin with those of the preset before, and are not lost meanwhile. */
export function choosePreset(draft: KeepDraft, preset: KeepPreset): KeepDraft {
  if (preset !== 'own' || draft.preset === 'own' || Object.keys(draft.rules).length > 0) {
    return { ...draft, preset };
  }
  return { preset, rules: typed(presetRetention[draft.preset]) };
}

/** What the task is to keep, not judged yet: numbers where digits were typed, texts as they are; empty ones are none. */
export function rawRetention(draft: KeepDraft): unknown {
  if (draft.preset !== 'own') return presetRetention[draft.preset];
  const raw: Record<string, unknown> = {};
  for (const rule of countRules) {
    const text = draft.rules[rule]?.trim() ?? '';
    if (text !== '') raw[rule] = /^\d+$/.test(text) ? Number(text) : text;
  }
  for (const rule of spanRules) {
    const text = draft.rules[rule]?.trim() ?? '';
    if (text !== '') raw[rule] = text;
  }
  return raw;
}

export type KeepCheck =
  | { ok: true; retention: Retention | null }
  /** `wrong`: the rules that are not valid; none of them means that there is no rule at all. */
  | { ok: false; wrong: readonly KeepRule[] };

/** Judged by the contract's own schema. */
export function checkKeep(draft: KeepDraft): KeepCheck {
  const parsed = retention.nullable().safeParse(rawRetention(draft));
  if (parsed.success) return { ok: true, retention: parsed.data };
  const fields = new Set(parsed.error.issues.map((issue) => issue.path[0]));
  return { ok: false, wrong: [...countRules, ...spanRules].filter((rule) => fields.has(rule)) };
}

function typed(kept: Retention | null): KeepDraft['rules'] {
  return Object.fromEntries(
    Object.entries(kept ?? {})
      .filter(([, value]) => value !== undefined)
      .map(([rule, value]) => [rule, String(value)]),
  );
}

function sameRules(a: Retention | null, b: Retention | null): boolean {
  if (a === null || b === null) return a === b;
  return [...countRules, ...spanRules].every((rule) => a[rule] === b[rule]);
}
