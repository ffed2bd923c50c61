'use client';

import type { FieldError } from '@breakwater/contract/failure-codes';
import type { NodeRepositories } from '@breakwater/contract/adoption';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { CodeLine } from '../primitives/code-line.tsx';
import { ErrorState } from '../primitives/error-state.tsx';
import { Field } from '../primitives/field.tsx';
import { Select } from '../primitives/select.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';

/** How stock restic makes one through the node: a token for it from the node itself, then its own commands. */
function pushLines(nodeUrl: string): readonly string[] {
  const { protocol, host, pathname } = new URL(nodeUrl);
  return [
    'npx breakwater-node access-token --data FOLDER --repository NAME --verbs read,append,lock,create',
    `restic -r rest:${protocol}//any:TOKEN@${host}${pathname.replace(/\/$/, '')}/NAME/ init`,
  ];
}

/** The repositories in a node's folder that are not registered, one to be chosen; without any, how one gets there. */
export function FoundRepositories(props: {
  /** Of the node. */
  url: string;
  found: UseQueryResult<NodeRepositories>;
  chosen: string | null;
  onChoose: (repositoryId: string) => void;
  error: string | FieldError | undefined;
}) {
  const t = useTranslations('repositories.adopt');
  const format = useFormat();
  const { data, error, refetch } = props.found;
  if (data === undefined) {
    return error === null ? (
      <Skeleton className="h-14" />
    ) : (
      <ErrorState error={error} retry={() => void refetch()} />
    );
  }
  const waiting = data.items.filter((one) => !one.registered);
  const registered = data.items.length - waiting.length;
  return (
    <div className="flex flex-col gap-2">
      {waiting.length > 0 ? (
        <Field label={t('repository')} hint={t('repositoryHint', { count: registered })} error={props.error}>
          <Select
            value={props.chosen}
            options={waiting.map(({ repositoryId, bytes, files }) => ({
              value: repositoryId,
              label: repositoryId,
              hint: t('size', { bytes: format.bytes(bytes), files }),
            }))}
            onChange={props.onChoose}
          />
        </Field>
      ) : (
        <div className="rounded-md border border-line p-3">
          <p className="mb-2 text-ink-muted">{t('nothing', { count: registered })}</p>
          <div className="flex flex-col gap-2">
            {pushLines(props.url).map((line) => (
              <CodeLine key={line} text={line} />
            ))}
          </div>
        </div>
      )}
      {data.misnamed.length > 0 && (
        <p className="text-sm text-warn">{t('misnamed', { names: data.misnamed.join(', ') })}</p>
      )}
      {data.unreadable.length > 0 && (
        <p className="text-sm text-warn">{t('forbidden', { names: data.unreadable.join(', ') })}</p>
      )}
    </div>
  );
}
