'use client';

import type { apiToken } from '@breakwater/contract/resources';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { KeyRound, Plus, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { z } from 'zod';
import { apiSend, nothing } from '../api/client.ts';
import { apiTokensQuery } from '../api/queries/settings.ts';
import { Button, IconButton } from '../primitives/button.tsx';
import { ConfirmDialog } from '../primitives/confirm-dialog.tsx';
import { DataTable } from '../primitives/data-table.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { TokenDialog } from './token-dialog.tsx';

type ApiToken = z.output<typeof apiToken>;

/** Keys for programs. A secret is shown once, when it is made. */
export function TokensSection() {
  const t = useTranslations('settings.tokens');
  const roles = useTranslations('common.role');
  const client = useQueryClient();
  const { data: tokens, error, refetch } = useQuery(apiTokensQuery);
  const [adding, setAdding] = useState(false);
  const [revoking, setRevoking] = useState<ApiToken | null>(null);

  const columns = useMemo(
    (): readonly Column<ApiToken>[] => [
      { id: 'name', header: t('name'), value: (token) => token.name, cell: (token) => token.name },
      {
        id: 'role',
        header: t('role'),
        value: (token) => roles(token.role),
        cell: (token) => roles(token.role),
      },
      {
        id: 'created',
        header: t('created'),
        value: (token) => new Date(token.createdAt).getTime(),
        cell: (token) => <RelativeTime at={token.createdAt} />,
      },
      {
        id: 'used',
        header: t('used'),
        value: (token) => (token.lastUsedAt === null ? null : new Date(token.lastUsedAt).getTime()),
        cell: (token) => <RelativeTime at={token.lastUsedAt} never={t('neverUsed')} />,
      },
      {
        id: 'expires',
        header: t('expires'),
        value: (token) => (token.expiresAt === null ? null : new Date(token.expiresAt).getTime()),
        cell: (token) => <RelativeTime at={token.expiresAt} never={t('noExpiry')} />,
      },
      {
        id: 'actions',
        header: '',
        width: '3rem',
        cell: (token) => (
          <span className="flex justify-end max-sm:justify-start">
            <IconButton
              size="sm"
              icon={Trash2}
              label={t('revoke', { name: token.name })}
              onClick={() => setRevoking(token)}
            />
          </span>
        ),
      },
    ],
    [t, roles],
  );
  const add = (
    <Button tone="primary" icon={Plus} onClick={() => setAdding(true)}>
      {t('add')}
    </Button>
  );

  return (
    <>
      <Panel
        flush
        title={t('title')}
        description={t('description')}
        actions={tokens !== undefined && tokens.length > 0 ? add : undefined}
      >
        <DataTable
          bare
          name="api-tokens"
          label={t('title')}
          columns={columns}
          rows={tokens}
          rowId={(token) => token.id}
          error={error}
          retry={() => void refetch()}
          empty={<EmptyState icon={KeyRound} title={t('emptyTitle')} body={t('emptyBody')} action={add} />}
        />
      </Panel>
      {adding && <TokenDialog onClose={() => setAdding(false)} />}
      <ConfirmDialog
        open={revoking !== null}
        onOpenChange={(open) => !open && setRevoking(null)}
        title={t('revokeAsk', { name: revoking?.name ?? '' })}
        body={t('revokeBody')}
        confirmLabel={t('revokeConfirm')}
        onConfirm={async () => {
          await apiSend('DELETE', `/api-tokens/${revoking?.id ?? ''}`, undefined, nothing);
          await client.invalidateQueries({ queryKey: ['api-tokens'] });
        }}
      />
    </>
  );
}
