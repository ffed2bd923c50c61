'use client';

import { type ReactNode, useSyncExternalStore } from 'react';
import { IntlProvider } from 'use-intl';
import type { Locale } from './locale.ts';
import type { Messages } from './messages/en.ts';

const never = () => () => undefined;
const readersTimeZone = () => Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Gives every component the reader's language, words and time zone (the server does not know the last: UTC there). */
export function LanguageProvider(props: { locale: Locale; messages: Messages; children: ReactNode }) {
  const timeZone = useSyncExternalStore(never, readersTimeZone, () => 'UTC');
  return (
    <IntlProvider locale={props.locale} messages={props.messages} timeZone={timeZone}>
      {props.children}
    </IntlProvider>
  );
}
