'use client';

import { settings, type settingsPatch } from '@breakwater/contract/resources';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import type { z } from 'zod';
import { apiSend } from '../api/client.ts';
import { settingsQuery } from '../api/queries/settings.ts';
import { toast } from '../primitives/toast.tsx';

/** Changes a part of the settings; what the server then has is put into the cache. */
export function useChangeSettings() {
  const t = useTranslations('common.action');
  const client = useQueryClient();
  return useMutation({
    mutationFn: (change: z.input<typeof settingsPatch>) => apiSend('PATCH', '/settings', change, settings),
    onSuccess: async (changed) => {
      client.setQueryData(settingsQuery.queryKey, changed);
      toast.done(t('saved'));
      await client.invalidateQueries({ queryKey: ['overview'] });
    },
  });
}
