import { type Remark, remark } from '@breakwater/contract/remark';
import type { RemarkKind, RemarkValues } from '@breakwater/contract/remark-kinds';
import type { DispatchObstacle } from '@breakwater/domain/heartbeat';
import { createTranslator } from 'use-intl/core';
import { english } from '../../remarks/english.ts';
import { remarkArguments } from '../../remarks/remark-arguments.ts';

const translate = createTranslator({ locale: 'en', messages: english, timeZone: 'UTC' });
/** The arguments are held to each kind's values by `say`, which the translator's own types cannot see. */
const inEnglish = translate as (kind: RemarkKind, values: Record<string, string | number>) => string;

/** A remark of this kind, with its English sentence. */
export function say<K extends RemarkKind>(kind: K, values: RemarkValues<K>): Remark {
  const given = values as Remark['values'];
  const text = inEnglish(
    kind,
    remarkArguments(given, {
      say: (inner) => inner.text,
      time: (at) => at,
      separator: ', ',
      longSeparator: '; ',
    }),
  );
  return { text, kind, values: given };
}

/** Why a run was not dispatched. */
export function sayObstacle(obstacle: DispatchObstacle): Remark {
  return obstacle.kind === 'clock-skew'
    ? say(obstacle.kind, obstacle.values)
    : obstacle.kind === 'agent-silent'
      ? say(obstacle.kind, obstacle.values)
      : say(obstacle.kind, {});
}

/** Words of somebody else, such as an agent, that are shown as they are. */
export function quote(words: string): Remark {
  return say('words', { words });
}

/** What is stored of a remark beside its sentence; a sentence from before remarks were stored speaks for itself. */
export function storedRemark(stored: unknown, sentence: string | null): Remark | null {
  if (sentence === null) return null;
  const parsed = remark.safeParse(stored);
  return parsed.success && parsed.data.text === sentence ? parsed.data : quote(sentence);
}
