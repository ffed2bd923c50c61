/**
 * Finds where a Rabin fingerprint over 64 bytes ends in 20 zeros: the hot loop of the chunker, for WebAssembly.
 *
 * `tables` is the address of 2 × 256 64-bit words: what a byte that leaves the window takes away, and what reduces a
 * fingerprint that was shifted by eight bits beyond the degree of 53. Nothing else in memory is written or kept.
 *
 * One fingerprint is a chain: each byte waits for the one before. So four stretches are rolled side by side. They
 * are short, because a cut found in the first makes what was done in the others void.
 */
const WINDOW: usize = 64;
const OUT_BYTES: usize = 2048;
const MASK: u64 = (1 << 20) - 1;
const STRETCH: usize = 8192;

// @ts-ignore: decorator
@inline
function rolled(digest: u64, tables: usize, at: usize): u64 {
  const reduced = digest ^ load<u64>(tables + (<usize>load<u8>(at - WINDOW) << 3));
  return (
    ((reduced << 8) | <u64>load<u8>(at)) ^ load<u64>(tables + OUT_BYTES + (<usize>(reduced >> 45) << 3))
  );
}

/** The fingerprint of the 64 bytes before `at`. */
function fingerprint(tables: usize, at: usize): u64 {
  let digest: u64 = 0;
  for (let byte = at - WINDOW; byte < at; byte += 1) {
    digest = ((digest << 8) | <u64>load<u8>(byte)) ^ load<u64>(tables + OUT_BYTES + (<usize>(digest >> 45) << 3));
  }
  return digest;
}

/** Whether the fingerprint of the 64 bytes before `at` ends in 20 zeros. */
export function isCut(tables: usize, at: usize): bool {
  return (fingerprint(tables, at) & MASK) == 0;
}

/** The first address in (from, end] that `isCut`, or 0. The 64 bytes before `from` are read, too. */
export function firstCut(tables: usize, from: usize, end: usize): usize {
  let at = from;
  while (at + 4 * STRETCH <= end) {
    const cut = firstCutOfFour(tables, at);
    if (cut != 0) return cut;
    at += 4 * STRETCH;
  }
  let digest = fingerprint(tables, at);
  while (at < end) {
    digest = rolled(digest, tables, at);
    at += 1;
    if ((digest & MASK) == 0) return at;
  }
  return 0;
}

function firstCutOfFour(tables: usize, from: usize): usize {
  let a = fingerprint(tables, from);
  let b = fingerprint(tables, from + STRETCH);
  let c = fingerprint(tables, from + 2 * STRETCH);
  let d = fingerprint(tables, from + 3 * STRETCH);
  // Where each of the later three cuts first; the first one ends it all.
  let cutB: usize = 0;
  let cutC: usize = 0;
  let cutD: usize = 0;
  const end = from + STRETCH;
  for (let at = from; at < end; ) {
    a = rolled(a, tables, at);
    b = rolled(b, tables, at + STRETCH);
    c = rolled(c, tables, at + 2 * STRETCH);
    d = rolled(d, tables, at + 3 * STRETCH);
    at += 1;
    if ((a & MASK) == 0) return at;
    if ((b & MASK) == 0 && cutB == 0) cutB = at + STRETCH;
    if ((c & MASK) == 0 && cutC == 0) cutC = at + 2 * STRETCH;
    if ((d & MASK) == 0 && cutD == 0) cutD = at + 3 * STRETCH;
  }
  if (cutB != 0) return cutB;
  return cutC != 0 ? cutC : cutD;
}
