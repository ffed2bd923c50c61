import { Failure } from '@breakwater/domain/failure';

/**
 * Splits a command line into its words at spaces; quotes of either kind keep spaces together, a backslash before a
 * quote makes it an ordinary character's place. Nothing else of a shell: no variables, no patterns. Throws
 * `invalid-request` naming the option.
 */
export function splitCommand(option: string, line: string): string[] {
  const words: string[] = [];
  let quote: string | null = null;
  let last = '';
  let word = '';
  const end = (): void => {
    if (word !== '') words.push(word);
    word = '';
  };
  for (const character of line) {
    const plain = last === '\\';
    if (!plain && quote !== null && character === quote) {
      quote = null;
      end();
      continue;
    }
    if (!plain && quote === null && (character === '"' || character === "'")) {
      quote = character;
      end();
      continue;
    }
    last = character;
    if (quote === null && (character === '\\' || /\s/u.test(character))) end();
    else word += character;
  }
  end();
  if (quote !== null) throw new Failure('invalid-request', `${option}: a quote (${quote}) is not closed`);
  if (words.length === 0) throw new Failure('invalid-request', `${option}: expected a command`);
  return words;
}
