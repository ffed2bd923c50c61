/** Which packs a check reads whole. */
export type CheckSubset =
  /** Every `of`-th part of the packs, by the first byte of their ids: the same packs each time. */
  | { kind: 'group'; group: number; of: number }
  /** A random choice: of the packs that many of a hundred, or so many that they make about these bytes. */
  | { kind: 'percent'; percent: number }
  | { kind: 'bytes'; bytes: number };

export type ParsedSubset = { ok: true; subset: CheckSubset } | { ok: false; expected: string };

/** A first byte tells no more groups apart. */
const MAX_GROUPS = 256;
const UNIT_BYTES: { readonly [unit: string]: number } = {
  '': 1,
  b: 1,
  k: 1024,
  m: 1024 ** 2,
  g: 1024 ** 3,
  t: 1024 ** 4,
};

/** Reads `n/t`, `2.5%` or a size like `500M`, as restic's `--read-data-subset` takes them. */
export function parseCheckSubset(text: string): ParsedSubset {
  const group = /^(\d+)\/(\d+)$/.exec(text);
  if (group !== null) return parsedGroup(Number(group[1]), Number(group[2]));
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text);
  if (percent !== null) {
    const value = Number(percent[1]);
    if (value > 0 && value <= 100) return { ok: true, subset: { kind: 'percent', percent: value } };
    return { ok: false, expected: 'expected more than 0% and at most 100%' };
  }
  const size = /^(\d+)([bkmgt]?)$/i.exec(text);
  const bytes = Number(size?.[1] ?? 0) * (UNIT_BYTES[size?.[2]?.toLowerCase() ?? ''] ?? 0);
  if (bytes > 0 && Number.isSafeInteger(bytes)) return { ok: true, subset: { kind: 'bytes', bytes } };
  return {
    ok: false,
    expected: 'expected a part such as 1/5, a percentage such as 2.5%, or a size such as 500M',
  };
}

function parsedGroup(group: number, of: number): ParsedSubset {
  if (group >= 1 && group <= of && of <= MAX_GROUPS) {
    return { ok: true, subset: { kind: 'group', group, of } };
  }
  return { ok: false, expected: `expected n/t with n from 1 to t, and t at most ${MAX_GROUPS}` };
}

interface SizedPack {
  /** 64 hex digits. */
  readonly packId: string;
  /** Bytes. */
  readonly size: number;
}

/** The packs to read, in their order. At least one of a random choice, if there are any. `random` gives 0 ≤ x < 1. */
export function choosePacks<Pack extends SizedPack>(
  packs: readonly Pack[],
  subset: CheckSubset,
  random: () => number,
): Pack[] {
  if (subset.kind === 'group') {
    const rest = subset.group - 1;
    return packs.filter(({ packId }) => Number.parseInt(packId.slice(0, 2), 16) % subset.of === rest);
  }
  const total = packs.reduce((sum, { size }) => sum + size, 0);
  const share = subset.kind === 'percent' ? subset.percent / 100 : Math.min(1, subset.bytes / total);
  const count = Math.min(packs.length, Math.max(1, Math.floor(packs.length * share)));
  return chooseRandomly(packs, count, random);
}

/** Each choice of `count` is as likely as any other. */
function chooseRandomly<Pack>(packs: readonly Pack[], count: number, random: () => number): Pack[] {
  let wanted = count;
  return packs.filter((_, at) => {
    const chosen = random() * (packs.length - at) < wanted;
    if (chosen) wanted -= 1;
    return chosen;
  });
}
