import type { Remark } from '@breakwater/contract/remark';
import { type RemarkKind, remarkKinds } from '@breakwater/contract/remark-kinds';
import { type RemarkArguments, remarkArguments } from '../../remarks/remark-arguments.ts';

export interface RemarkLanguage {
  translate(kind: RemarkKind | 'separator' | 'longSeparator', values: RemarkArguments): string;
  time(at: string): string;
}

/**
 * A remark of the server in the reader's language. Its own sentence, which is English, stands in for a kind that
 * this console does not know, or knows with other values: it is older or newer than the server.
 */
export function sayRemark(remark: Remark, language: RemarkLanguage): string {
  const { kind, values } = remark;
  if (!isKnown(kind) || !remarkKinds[kind].safeParse(values).success) return remark.text;
  return language.translate(
    kind,
    remarkArguments(values, {
      say: (inner) => sayRemark(inner, language),
      time: language.time,
      separator: language.translate('separator', {}),
      longSeparator: language.translate('longSeparator', {}),
    }),
  );
}

function isKnown(kind: string): kind is RemarkKind {
  return Object.hasOwn(remarkKinds, kind);
}
