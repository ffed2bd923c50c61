/**
 * At most `length` UTF-16 units of a text, cut between characters. What nothing can store or send on, NUL and half
 * of a surrogate pair, becomes U+FFFD.
 */
export function cutText(text: string, length: number): string {
  const cut = text.slice(0, length);
  // Only a cut can leave a high half at the end that was whole before.
  const whole = cut.length < text.length && /[\ud800-\udbff]$/.test(cut) ? cut.slice(0, -1) : cut;
  return whole.toWellFormed().replaceAll('\0', '\ufffd');
}
