import { stripVTControlCharacters } from 'node:util';
import { MAX_COMMAND_OUTPUT } from '@breakwater/contract/source-commands';

/** The end of what a command prints, with whole lines where there is room for one. */
export class OutputTail {
  #text = '';
  #cut = false;

  add(text: string): void {
    this.#text += text;
    if (this.#text.length <= MAX_COMMAND_OUTPUT) return;
    this.#cut = true;
    const end = this.#text.slice(-MAX_COMMAND_OUTPUT);
    const line = end.indexOf('\n');
    this.#text = line >= 0 && line < end.length - 1 ? end.slice(line + 1) : end;
  }

  /** What there is now; control characters but for line ends and tabs are left out. */
  get shown(): { output: string; outputCut: boolean } {
    const plain = stripVTControlCharacters(this.#text).replace(/[^\P{Cc}\n\t]/gu, '');
    return { output: plain.trimEnd(), outputCut: this.#cut };
  }
}
