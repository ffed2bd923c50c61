import { expandVariables } from './expand-variables.ts';

/** The patterns in an exclude file's lines: blanks around them, empty lines and `#` comments go, variables are put in. */
export function patternsOf(lines: readonly string[], variable: (name: string) => string): string[] {
  return lines
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => expandVariables(line, variable));
}
