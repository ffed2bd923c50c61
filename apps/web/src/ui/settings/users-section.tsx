'use client';

import type { user as userSchema } from '@breakwater/contract/resources';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Pencil, Plus, Trash2, Users } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import type { z } from 'zod';
import { apiSend, nothing } from '../api/client.ts';
import { usersQuery } from '../api/queries/settings.ts';
import { useSession } from '../api/use-session.ts';
import { Badge } from '../primitives/badge.tsx';
import { Button, IconButton } from '../primitives/button.tsx';
import { ConfirmDialog } from '../primitives/confirm-dialog.tsx';
import { DataTable } from '../primitives/data-table.tsx';
import { EmptyState } from '../primitives/empty-state.tsx';
import { Panel } from '../primitives/panel.tsx';
import { RelativeTime } from '../primitives/relative-time.tsx';
import type { Column } from '../primitives/table-columns.ts';
import { UserDialog } from './user-dialog.tsx';

type User = z.output<typeof userSchema>;

/** Who may sign in, and what they may do. */
export function UsersSection() {
  const t = useTranslations('settings.users');
  const roles = useTranslations('common.role');
  const client = useQueryClient();
  const me = useSession();
  const { data: users, error, refetch } = useQuery(usersQuery);
  const [editing, setEditing] = useState<User | 'new' | null>(null);
  const [removing, setRemoving] = useState<User | null>(null);

  const columns = useMemo(
    (): readonly Column<User>[] => [
      {
        id: 'name',
        header: t('name'),
        value: (user) => user.name,
        cell: (user) => (
          <span className="inline-flex items-center gap-2">
            {user.name}
            {user.id === me.id && <Badge>{t('you')}</Badge>}
          </span>
        ),
      },
      { id: 'email', header: t('email'), value: (user) => user.email, cell: (user) => user.email },
      { id: 'role', header: t('role'), value: (user) => roles(user.role), cell: (user) => roles(user.role) },
      {
        id: 'created',
        header: t('created'),
        value: (user) => new Date(user.createdAt).getTime(),
        cell: (user) => <RelativeTime at={user.createdAt} />,
      },
      {
        id: 'actions',
        header: '',
        width: '5rem',
        cell: (user) => (
          <span className="flex justify-end gap-1 max-sm:justify-start">
            <IconButton
              size="sm"
              icon={Pencil}
              label={t('edit', { name: user.name })}
              onClick={() => setEditing(user)}
            />
            {user.id !== me.id && (
              <IconButton
                size="sm"
                icon={Trash2}
                label={t('remove', { name: user.name })}
                onClick={() => setRemoving(user)}
              />
            )}
          </span>
        ),
      },
    ],
    [t, roles, me.id],
  );

  return (
    <>
      <Panel
        flush
        title={t('title')}
        description={t('description')}
        actions={
          <Button tone="primary" icon={Plus} onClick={() => setEditing('new')}>
            {t('add')}
          </Button>
        }
      >
        <DataTable
          bare
          name="users"
          label={t('title')}
          columns={columns}
          rows={users}
          rowId={(user) => user.id}
          sort={{ id: 'name', desc: false }}
          error={error}
          retry={() => void refetch()}
          empty={<EmptyState icon={Users} title={t('title')} />}
        />
      </Panel>
      {editing !== null && (
        <UserDialog user={editing === 'new' ? null : editing} onClose={() => setEditing(null)} />
      )}
      <ConfirmDialog
        open={removing !== null}
        onOpenChange={(open) => !open && setRemoving(null)}
        title={t('removeAsk', { name: removing?.name ?? '' })}
        body={t('removeBody')}
        confirmLabel={t('removeConfirm')}
        typeName={removing?.email ?? ''}
        onConfirm={async () => {
          await apiSend('DELETE', `/users/${encodeURIComponent(removing?.id ?? '')}`, undefined, nothing);
          await client.invalidateQueries({ queryKey: ['users'] });
        }}
      />
    </>
  );
}
