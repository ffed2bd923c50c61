'use client';

import type { Remark } from '@breakwater/contract/remark';
import { useCallback } from 'react';
import { useTranslations } from 'use-intl';
import { type RemarkLanguage, sayRemark } from './say-remark.ts';
import { useFormat } from './use-format.ts';

/**
 * Says what the server remarks in the reader's language; `sentence` is its English one, shown where there is no
 * remark. null where there is neither.
 */
export function useRemark(): {
  (remark: Remark | null | undefined, sentence: string): string;
  (remark: Remark | null | undefined, sentence: string | null): string | null;
} {
  const t = useTranslations('remarks');
  const format = useFormat();
  return useCallback(
    (remark: Remark | null | undefined, sentence: string | null) =>
      remark === null || remark === undefined
        ? sentence
        : sayRemark(remark, {
            // A kind's arguments are held to its values by the schemas that `sayRemark` asks.
            translate: t as unknown as RemarkLanguage['translate'],
            time: format.dateTime,
          }),
    [t, format],
  ) as ReturnType<typeof useRemark>;
}
