/**
 * Lower case as Go's strings.ToLower has it, which restic compares with: character by character, without the
 * special cases of words and languages; bytes that are not UTF-8 become U+FFFD.
 */
export function foldCase(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every character below 128 counts
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  let folded = '';
  for (const character of text) {
    const lower = character === '\u0130' ? 'i' : character.toLowerCase();
    folded += lower.isWellFormed() ? lower : '\ufffd';
  }
  return folded;
}
