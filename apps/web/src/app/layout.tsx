import type { Metadata, Viewport } from 'next';
import { cookies, headers } from 'next/headers';
import type { ReactNode } from 'react';
import { catalogueOf } from '../ui/language/catalogue.ts';
import { LOCALE_COOKIE, pickLocale } from '../ui/language/locale.ts';
import { Providers } from '../ui/shell/providers.tsx';
import '../ui/theme/globals.css';
import { parseThemeChoice, THEME_COOKIE } from '../ui/theme/theme-choice.ts';

export const metadata: Metadata = {
  title: { default: 'Breakwater', template: '%s · Breakwater' },
  description: 'Disaster-recovery control center',
  robots: { index: false, follow: false },
};

export const viewport: Viewport = {
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#ffffff' },
    { media: '(prefers-color-scheme: dark)', color: '#14191c' },
  ],
};

/** Language and theme are known before the first byte: no flash of the wrong ones. */
export default async function RootLayout({ children }: { children: ReactNode }) {
  const [cookieJar, requestHeaders] = await Promise.all([cookies(), headers()]);
  const locale = pickLocale(cookieJar.get(LOCALE_COOKIE)?.value, requestHeaders.get('accept-language'));
  const theme = parseThemeChoice(cookieJar.get(THEME_COOKIE)?.value);
  return (
    // The theme is changed in the browser without React, which then must not put the old one back.
    <html lang={locale} data-theme={theme} suppressHydrationWarning>
      <body>
        <Providers locale={locale} messages={catalogueOf(locale)}>
          {children}
        </Providers>
      </body>
    </html>
  );
}
