'use client';

import type { StorageNode } from '@breakwater/contract/resources';
import { useTranslations } from 'use-intl';
import { BandwidthFields } from '../bandwidth/bandwidth-fields.tsx';
import { Field } from '../primitives/field.tsx';
import { Panel } from '../primitives/panel.tsx';
import { Select } from '../primitives/select.tsx';
import { RepositoryChoice } from './repository-choice.tsx';
import type { TaskDraft } from './task-draft.ts';
import type { FieldTexts } from './task-form.tsx';

const USUAL = 'usual';

/** One to four, and what somebody chose through the API. */
function offeredCopies(chosen: number | null): number[] {
  const usual = [1, 2, 3, 4];
  return chosen === null || usual.includes(chosen) ? usual : [...usual, chosen];
}

/** Which storage node takes the data, and into which repository. */
export function WhereSection(props: {
  draft: TaskDraft;
  change: (part: Partial<TaskDraft>) => void;
  texts: FieldTexts;
  nodes: readonly StorageNode[];
  /** A task that is there stays in its repository. */
  fixedRepository: boolean;
}) {
  const { draft, change, texts, nodes } = props;
  const t = useTranslations('tasks.form');
  const bandwidth = useTranslations('bandwidth');
  return (
    <Panel title={t('where')}>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label={t('strategy')} error={texts.strategy}>
          <Select
            value={draft.strategy}
            options={[
              { value: 'finish-first', label: t('finishFirst'), hint: t('finishFirstHint') },
              { value: 'fastest', label: t('fastest'), hint: t('fastestHint') },
              { value: 'pinned', label: t('pinned'), hint: t('pinnedHint') },
            ]}
            onChange={(strategy) => change({ strategy })}
          />
        </Field>
        {draft.strategy === 'pinned' && (
          <Field label={t('node')} error={texts.nodeId}>
            <Select
              value={draft.nodeId}
              options={nodes.map((node) => ({
                value: node.id,
                label: node.name,
                ...(node.online ? {} : { hint: t('nodeOffline') }),
              }))}
              onChange={(nodeId) => change({ nodeId })}
            />
          </Field>
        )}
        <Field label={t('copies')} error={texts.copies}>
          <Select
            value={String(draft.copies ?? USUAL)}
            options={[
              { value: USUAL, label: t('copiesUsual'), hint: t('copiesUsualHint') },
              ...offeredCopies(draft.copies).map((count) => ({
                value: String(count),
                label: t('copiesCount', { count }),
              })),
            ]}
            onChange={(copies) => change({ copies: copies === USUAL ? null : Number(copies) })}
          />
        </Field>
        <RepositoryChoice
          draft={draft}
          change={change}
          error={texts.repositoryId}
          fixed={props.fixedRepository}
        />
      </div>
      <h3 className="mt-5 mb-2 font-medium">{bandwidth('title')}</h3>
      <BandwidthFields
        draft={draft.bandwidth}
        change={(limit) => change({ bandwidth: limit })}
        hint={bandwidth('taskHint')}
        refused={texts.bandwidth}
      />
    </Panel>
  );
}
