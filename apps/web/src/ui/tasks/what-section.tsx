'use client';

import type { Agent } from '@breakwater/contract/resources';
import { NO_HOOKS } from '@breakwater/contract/source-commands';
import { Plus, X } from 'lucide-react';
import { useId, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { FileTree } from '../file-tree/file-tree.tsx';
import { lineage, parentOf, tidyPath, visibleName } from '../file-tree/paths.ts';
import { dropPath, tickOf, toggle } from '../file-tree/selection.ts';
import { Button } from '../primitives/button.tsx';
import { Field } from '../primitives/field.tsx';
import { Input, TextArea } from '../primitives/input.tsx';
import { Panel } from '../primitives/panel.tsx';
import { Select } from '../primitives/select.tsx';
import { sourceFolderQuery } from './source-files.ts';
import type { TaskDraft } from './task-draft.ts';
import type { FieldTexts } from './task-form.tsx';
import type { PreviewWords } from './use-preview-words.ts';

/** Which server, which of its files, and how much that is. */
export function WhatSection(props: {
  draft: TaskDraft;
  change: (part: Partial<TaskDraft>) => void;
  texts: FieldTexts;
  agents: readonly Agent[];
  agent: Agent | null;
  fixedServer: boolean;
  preview: PreviewWords;
}) {
  const { draft, change, texts, agents, agent } = props;
  const t = useTranslations('tasks.form');
  const servers = agents.map((one) => ({
    value: one.address,
    label: one.address,
    hint: t(`serverHint.${one.state}`),
  }));
  return (
    <Panel title={t('what')} description={t('whatHint')}>
      <div className="flex flex-col gap-4">
        {props.fixedServer ? (
          <p>
            <span className="font-medium">{draft.sourceAddress}</span>{' '}
            <span className="text-sm text-ink-muted">{t('serverFixed')}</span>
          </p>
        ) : (
          <Field label={t('server')} error={texts.sourceAddress} className="max-w-sm">
            <Select
              value={draft.sourceAddress}
              options={servers}
              onChange={(sourceAddress) =>
                change({ sourceAddress, paths: [], excludes: [], commands: [], hooks: NO_HOOKS })
              }
            />
          </Field>
        )}
        <SourceTree draft={draft} change={change} agent={agent} />
        <PathField draft={draft} change={change} />
        <TakenPaths draft={draft} change={change} problem={texts.paths} />
        <Preview words={props.preview} />
        <Field label={t('excludes')} hint={t('excludesHint')} error={texts.excludes} optional>
          <TextArea
            mono
            rows={3}
            spellCheck={false}
            value={draft.excludes.join('\n')}
            onChange={(event) => {
              const text = event.currentTarget.value;
              change({ excludes: text === '' ? [] : text.split('\n') });
            }}
          />
        </Field>
      </div>
    </Panel>
  );
}

function SourceTree(props: {
  draft: TaskDraft;
  change: (part: Partial<TaskDraft>) => void;
  agent: Agent | null;
}) {
  const { draft, change, agent } = props;
  const t = useTranslations('tasks.form');
  const files = useTranslations('files');
  const [filter, setFilter] = useState('');
  const folderQuery = useMemo(() => sourceFolderQuery(agent?.id ?? ''), [agent?.id]);
  const [openAtFirst] = useState(() => draft.paths.flatMap((path) => lineage(parentOf(path) ?? '/')));

  if (agent === null) return <p className="text-ink-muted">{t('chooseServer')}</p>;
  if (agent.state === 'offline') {
    return <p className="text-warn">{t('offline', { server: agent.address })}</p>;
  }
  return (
    <div className="overflow-hidden rounded-md border border-line-strong">
      <div className="border-b border-line p-2">
        <Input
          type="search"
          aria-label={files('filter')}
          placeholder={files('filter')}
          title={files('filterHint')}
          value={filter}
          onChange={(event) => setFilter(event.currentTarget.value)}
        />
      </div>
      <FileTree
        key={agent.id}
        label={t('files', { server: agent.address })}
        rootLabel={files('wholeServer')}
        folderQuery={folderQuery}
        filter={filter}
        initiallyOpen={openAtFirst}
        tickOf={(path) => tickOf(draft, path)}
        onToggle={(path, childrenOf) => change(toggle(draft, path, childrenOf))}
        className="h-80"
      />
    </div>
  );
}

function PathField(props: { draft: TaskDraft; change: (part: Partial<TaskDraft>) => void }) {
  const { draft, change } = props;
  const t = useTranslations('tasks.form');
  const common = useTranslations('common.action');
  const [typed, setTyped] = useState('');
  const [wrong, setWrong] = useState(false);

  function add(): void {
    const path = tidyPath(typed);
    setWrong(path === null);
    if (path === null) return;
    setTyped('');
    if (tickOf(draft, path) !== 'ticked') change(toggle(draft, path, () => null));
  }
  return (
    <Field label={t('path')} hint={t('pathHint')} error={wrong ? t('notAbsolute') : undefined}>
      <div className="flex gap-2">
        <Input
          mono
          value={typed}
          placeholder="/srv/data"
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            setWrong(false);
          }}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            add();
          }}
        />
        <Button icon={Plus} onClick={add} disabled={typed.trim() === ''}>
          {common('add')}
        </Button>
      </div>
    </Field>
  );
}

function TakenPaths(props: {
  draft: TaskDraft;
  change: (part: Partial<TaskDraft>) => void;
  problem: string | undefined;
}) {
  const { draft, change, problem } = props;
  const t = useTranslations('tasks.form');
  const headingId = useId();
  return (
    <div {...(problem === undefined ? {} : { 'data-invalid-group': true, tabIndex: -1 })}>
      <p id={headingId} className="mb-1 text-sm font-medium">
        {t('paths')}
      </p>
      {draft.paths.length === 0 ? (
        <p className="text-sm text-ink-muted">{t('noPaths')}</p>
      ) : (
        <ul aria-labelledby={headingId} className="flex flex-wrap gap-1.5">
          {draft.paths.map((path) => (
            <li
              key={path}
              className="flex min-w-0 items-center rounded-md border border-line bg-sunken pl-2 font-mono text-sm"
            >
              <span className="min-w-0 truncate">{visibleName(path)}</span>
              <button
                type="button"
                aria-label={t('removePath', { path })}
                onClick={() => change(dropPath(draft, path))}
                className="flex size-7 shrink-0 items-center justify-center text-ink-faint hover:text-ink"
              >
                <X aria-hidden className="size-3.5" />
              </button>
            </li>
          ))}
        </ul>
      )}
      {problem !== undefined && (
        <p role="alert" className="mt-1 text-sm text-bad">
          {problem}
        </p>
      )}
    </div>
  );
}

function Preview({ words }: { words: PreviewWords }) {
  const tone = words.state === 'failed' || words.state === 'offline' ? 'text-warn' : 'text-ink-muted';
  return (
    <p role="status" className={words.state === 'counted' ? 'font-medium' : tone}>
      {words.text}
      {words.state === 'counted' && words.unreadable !== null && (
        <span className="block text-sm font-normal text-warn">{words.unreadable}</span>
      )}
    </p>
  );
}
