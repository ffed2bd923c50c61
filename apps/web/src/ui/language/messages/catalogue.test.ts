import { expect, test } from 'vitest';
import { en } from './en.ts';
import { zh } from './zh.ts';

function texts(catalogue: object, path = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(catalogue)) {
    if (typeof value === 'string') found.set(`${path}${key}`, value);
    else for (const [inner, text] of texts(value, `${path}${key}.`)) found.set(inner, text);
  }
  return found;
}

/** Names of ICU arguments and rich-text tags, plural branches left aside. */
const argumentsOf = (text: string) =>
  [...new Set([...text.matchAll(/\{(\w+)|<(\w+)>/g)].map((match) => match[1] ?? match[2]))]
    .filter((name) => name !== undefined)
    .sort();

/** Words inside a plural or select branch look like arguments to the expression above: `one {server}`. */
const branches = (text: string) => /\{\w+, *(plural|select)/.test(text);

test('every Chinese text takes the arguments of the English one', () => {
  const chinese = texts(zh);
  for (const [key, text] of texts(en)) {
    const translated = chinese.get(key) ?? '';
    expect(translated === '', key).toBe(text === '');
    if (branches(text) || branches(translated)) continue;
    expect(argumentsOf(translated), key).toEqual(argumentsOf(text));
  }
});

test('no Chinese text mixes in ASCII commas between Chinese characters', () => {
  for (const [key, text] of texts(zh)) expect(text, key).not.toMatch(/[一-鿿][,;:!?][一-鿿]/);
});
