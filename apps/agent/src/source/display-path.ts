import { goQuote } from '@breakwater/restic-format/go-quote';

/** A raw path for people and reports: as it is when it is text, as restic quotes it when it is not UTF-8. */
export function displayPath(path: string): string {
  return path.isWellFormed() ? path : goQuote(path);
}
