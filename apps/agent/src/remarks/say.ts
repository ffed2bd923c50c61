import { agentEnglish } from '@breakwater/contract/agent-english';
import type { AgentRemarkKind, AgentRemarkValues } from '@breakwater/contract/agent-remark-kinds';
import type { Remark, RemarkSense, RemarkValue } from '@breakwater/contract/remark';
import { cutText } from '@breakwater/domain/cut-text';
import { Failure, type FailureCode } from '@breakwater/domain/failure';

/** A remark of this kind, with its English sentence. */
export function say<K extends AgentRemarkKind>(kind: K, values: AgentRemarkValues<K>): Remark {
  const given = values as Remark['values'];
  const text = agentEnglish[kind].replace(/\{(\w+)\}/g, (_, name: string) => textOf(given[name] ?? ''));
  return { text, kind, values: given };
}

function textOf(value: RemarkValue): string {
  return typeof value === 'object' && value !== null && 'text' in value ? value.text : String(value);
}

/** Why something failed: in its own words to be said in any language where it has them, else by its code. */
export function sayFailure(failure: Failure): Remark {
  const text = failure.message;
  if (failure.sense !== null) return { text, ...(failure.sense as RemarkSense) };
  return { text, kind: 'failure', values: { code: failure.code, detail: text } };
}

/** The failure that this remark is about. */
export function failureOf(
  code: FailureCode,
  said: Remark,
  options: { retryable?: boolean; cause?: unknown } = {},
): Failure {
  const sense = said.kind === 'words' ? null : { kind: said.kind, values: said.values };
  return new Failure(code, cutText(said.text, 4000), { ...options, sense });
}

/** Words of somebody else, which say no more than themselves. */
export function quote(words: string): Remark {
  return { text: words, kind: 'words', values: { words } };
}

/** A sense larger than this, as JSON, is left out: the sentence beside it stands. */
const MAX_SENSE_CHARACTERS = 8000;

/** What a sentence says, as a report may hold it; null where it says no more than its words. */
export function senseOf(said: Remark | string | null): RemarkSense | null {
  if (said === null || typeof said === 'string' || said.kind === 'words') return null;
  const text = JSON.stringify({ kind: said.kind, values: said.values });
  if (text.length > MAX_SENSE_CHARACTERS) return null;
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'string' ? cutText(value, value.length) : value,
  ) as RemarkSense;
}

/** The English sentence alone. */
export function sentenceOf(said: Remark | string): string {
  return typeof said === 'string' ? said : said.text;
}
