'use client';

import { Compass } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { ButtonLink } from '../primitives/button.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';

/** For an address that names nothing, or something that is gone. */
export function NotFound() {
  const t = useTranslations('common.error');
  return (
    <EmptyState
      wholePage
      icon={Compass}
      title={t('notFoundTitle')}
      body={t('notFoundBody')}
      action={<ButtonLink href="/">{t('home')}</ButtonLink>}
    />
  );
}
