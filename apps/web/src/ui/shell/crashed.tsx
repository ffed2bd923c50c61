'use client';

import { useTranslations } from 'use-intl';
import { ErrorState } from '../primitives/error-state.tsx';

/** A page that threw: what is known of it, and the retry; the frame around it goes on working. */
export function Crashed({ error, retry }: { error: Error; retry: () => void }) {
  const t = useTranslations('common.error');
  return <ErrorState title={t('crashedTitle')} error={error} retry={retry} />;
}
