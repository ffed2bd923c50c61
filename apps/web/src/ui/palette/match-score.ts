/**
 * How well a command fits what was typed, 0 (not at all) to 1. Every word must begin a word of the command, or at
 * least occur in it; nothing is matched by letters scattered over the text, which finds too much in long paths.
 */
export function matchScore(text: string, search: string): number {
  const haystack = text.toLocaleLowerCase();
  const words = search
    .toLocaleLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  let score = 1;
  for (const word of words) {
    const at = haystack.indexOf(word);
    if (at < 0) return 0;
    if (at === 0) continue;
    score *= startsWord(haystack, word) ? 0.9 : 0.5;
  }
  return score;
}

function startsWord(haystack: string, word: string): boolean {
  for (let at = haystack.indexOf(word); at >= 0; at = haystack.indexOf(word, at + 1)) {
    if (at === 0 || !/[\p{L}\p{N}]/u.test(haystack[at - 1] ?? '')) return true;
  }
  return false;
}
