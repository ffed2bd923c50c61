'use client';

import { useRouter } from 'next/navigation';
import { useCallback } from 'react';
import { useLocale } from 'use-intl';
import { LOCALE_COOKIE, type Locale } from './locale.ts';
import { rememberChoice } from './remember-choice.ts';

/** The reader's language and how to change it: the layout is rendered again by the server, nothing is lost. */
export function useLanguage(): { language: Locale; setLanguage: (language: Locale) => void } {
  const language = useLocale();
  const router = useRouter();
  const setLanguage = useCallback(
    (next: Locale) => {
      rememberChoice(LOCALE_COOKIE, next);
      router.refresh();
    },
    [router],
  );
  return { language, setLanguage };
}
