/**
 * One path component of an exclude pattern, with the meaning of Go's filepath.Match: `*` any run of characters,
 * `?` one character, `[a-z]` and `[^a-z]` one of (not of) a class, `\` takes the next character literally.
 * Characters are Unicode code points; a byte that is not UTF-8 counts as one character.
 */
export type GlobPart = readonly GlobToken[];

type GlobToken =
  | { kind: 'star' }
  | { kind: 'any' }
  | { kind: 'literal'; character: string }
  | { kind: 'class'; negated: boolean; ranges: { from: number; to: number }[] };

/** Parses a component; null when it is malformed (an open `[`, an empty class, a `\` at the end). */
export function parseGlobPart(text: string): GlobPart | null {
  const characters = [...text];
  const tokens: GlobToken[] = [];
  let at = 0;
  while (at < characters.length) {
    const character = characters[at] as string;
    at += 1;
    if (character === '*') {
      if (tokens.at(-1)?.kind !== 'star') tokens.push({ kind: 'star' });
    } else if (character === '?') {
      tokens.push({ kind: 'any' });
    } else if (character === '[') {
      const parsed = parseClass(characters, at);
      if (parsed === null) return null;
      tokens.push(parsed.token);
      at = parsed.next;
    } else if (character === '\\') {
      const escaped = characters[at];
      if (escaped === undefined) return null;
      tokens.push({ kind: 'literal', character: escaped });
      at += 1;
    } else {
      tokens.push({ kind: 'literal', character });
    }
  }
  return tokens;
}

function parseClass(characters: string[], start: number): { token: GlobToken; next: number } | null {
  let at = start;
  const negated = characters[at] === '^';
  if (negated) at += 1;
  const ranges: { from: number; to: number }[] = [];
  while (characters[at] !== ']' || ranges.length === 0) {
    const from = classCharacter(characters, at);
    if (from === null) return null;
    at = from.next;
    let to = from.value;
    if (characters[at] === '-') {
      const upper = classCharacter(characters, at + 1);
      if (upper === null) return null;
      to = upper.value;
      at = upper.next;
    }
    ranges.push({ from: from.value, to });
  }
  return { token: { kind: 'class', negated, ranges }, next: at + 1 };
}

function classCharacter(characters: string[], at: number): { value: number; next: number } | null {
  const character = characters[at];
  if (character === undefined || character === '-' || character === ']') return null;
  if (character !== '\\') return { value: character.codePointAt(0) ?? 0, next: at + 1 };
  const escaped = characters[at + 1];
  return escaped === undefined ? null : { value: escaped.codePointAt(0) ?? 0, next: at + 2 };
}

/** Whether the whole of `text` matches. Time is at most length × tokens, whatever the pattern. */
export function matchesGlobPart(part: GlobPart, text: string): boolean {
  const characters = [...text];
  let token = 0;
  let at = 0;
  let starToken = -1;
  let starAt = 0;
  while (at < characters.length) {
    const current = part[token];
    if (current?.kind === 'star') {
      starToken = token;
      starAt = at;
      token += 1;
    } else if (current !== undefined && matchesOne(current, characters[at] as string)) {
      token += 1;
      at += 1;
    } else if (starToken >= 0) {
      // Let the last star take one character more; earlier stars need no second try.
      starAt += 1;
      at = starAt;
      token = starToken + 1;
    } else {
      return false;
    }
  }
  while (part[token]?.kind === 'star') token += 1;
  return token === part.length;
}

function matchesOne(token: GlobToken, character: string): boolean {
  if (token.kind === 'any') return true;
  if (token.kind === 'literal') return token.character === character;
  if (token.kind === 'star') return false;
  const value = character.codePointAt(0) ?? 0;
  return token.ranges.some(({ from, to }) => from <= value && value <= to) !== token.negated;
}
