'use client';

import { Tooltip } from '@base-ui/react/tooltip';
import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { createQueryClient } from '../api/query-client.ts';
import { LanguageProvider } from '../language/language-provider.tsx';
import type { Locale } from '../language/locale.ts';
import type { Messages } from '../language/messages/en.ts';
import { ToastRegion } from '../primitives/toast.tsx';

/** What every page needs, signed in or not. */
export function Providers(props: { locale: Locale; messages: Messages; children: ReactNode }) {
  const [client] = useState(createQueryClient);
  return (
    <LanguageProvider locale={props.locale} messages={props.messages}>
      <QueryClientProvider client={client}>
        <Tooltip.Provider delay={400}>
          {props.children}
          <ToastRegion />
        </Tooltip.Provider>
      </QueryClientProvider>
    </LanguageProvider>
  );
}
