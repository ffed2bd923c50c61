const SPECIAL = /^[*#$@!?\-0-9]/;
const NAME = /^[A-Za-z0-9_]+/;

/**
 * `$NAME` and `${NAME}` replaced by what `lookup` knows, with the rules of Go's os.Expand, which restic uses for
 * exclude files: `$$` is one dollar sign, a dollar sign that no name follows stays, and of `${}` or an unclosed
 * brace only the bad part goes.
 */
export function expandVariables(text: string, lookup: (name: string) => string): string {
  let out = '';
  let at = 0;
  for (;;) {
    const dollar = text.indexOf('$', at);
    if (dollar < 0 || dollar + 1 >= text.length) return out + text.slice(at);
    out += text.slice(at, dollar);
    const { name, length } = variableAt(text.slice(dollar + 1));
    if (name !== '') out += name === '$' ? '$' : lookup(name);
    else if (length === 0) out += '$';
    at = dollar + 1 + length;
  }
}

/** The name behind a dollar sign ('' if there is none) and how many characters it takes up. */
function variableAt(text: string): { name: string; length: number } {
  if (text.startsWith('{')) {
    const close = text.indexOf('}');
    if (close < 0) return { name: '', length: 1 };
    return { name: text.slice(1, close), length: close + 1 };
  }
  const special = SPECIAL.exec(text)?.[0];
  if (special !== undefined) return { name: special, length: 1 };
  const name = NAME.exec(text)?.[0] ?? '';
  return { name, length: name.length };
}
