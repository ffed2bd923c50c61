import type { Locale } from './locale.ts';
import { en, type Messages } from './messages/en.ts';
import { zh } from './messages/zh.ts';

const catalogues: Record<Locale, unknown> = { en, 'zh-CN': zh };

/**
 * The words of one language. Translations are typed by the English keys (`Translated`), not by its literal texts,
 * which is all that `Messages` adds: it is what gives `t()` its typed ICU arguments.
 */
export function catalogueOf(locale: Locale): Messages {
  return catalogues[locale] as Messages;
}
