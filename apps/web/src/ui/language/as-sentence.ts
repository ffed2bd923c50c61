/**
 * A remark of the server as a sentence begins: with a capital. Only a plain word is changed, never a name, an address
 * or a path, and nothing in a language without capitals.
 */
export function asSentence(text: string): string {
  const [first = ''] = text.split(' ');
  return /^[a-z]+$/.test(first) && !/[\u4e00-\u9fff]/.test(text)
    ? text.charAt(0).toUpperCase() + text.slice(1)
    : text;
}
