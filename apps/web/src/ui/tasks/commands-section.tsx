'use client';

import type { Agent } from '@breakwater/contract/resources';
import { NO_COMMANDS } from '@breakwater/contract/source-commands';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { Field } from '../primitives/field.tsx';
import { Panel } from '../primitives/panel.tsx';
import { Select } from '../primitives/select.tsx';
import { ChosenCommands } from './chosen-commands.tsx';
import type { TaskDraft } from './task-draft.ts';
import type { FieldTexts } from './task-form.tsx';

/** Sources that are not files, and what runs before and after: all of it only as the server's own list allows. */
export function CommandsSection(props: {
  draft: TaskDraft;
  change: (part: Partial<TaskDraft>) => void;
  texts: FieldTexts;
  agent: Agent | null;
}) {
  const { draft, change, texts, agent } = props;
  const t = useTranslations('commands.form');
  const format = useFormat();
  if (agent === null) return null;
  const { commands, hooks } = draft;
  const { sources, hooks: allowedHooks, problem } = agent.commands ?? NO_COMMANDS;
  const nothing = sources.length + allowedHooks.length === 0 && problem === null;
  const chosen = commands.length + hooks.before.length + hooks.after.length;
  const wrong = texts.commands ?? texts.hooks;
  return (
    <Panel title={t('title')} description={t('hint')}>
      {problem !== null && (
        <p className="mb-3 rounded-md bg-warn-soft px-3 py-2 text-sm break-words text-warn">
          {t('problem', { server: agent.address, problem })}
        </p>
      )}
      {agent.state === 'offline' && agent.commands !== null && !nothing && (
        <p className="mb-3 text-sm text-warn">
          {t('offline', { when: format.dateTime(agent.commands.reportedAt) })}
        </p>
      )}
      {nothing && chosen === 0 ? (
        <p className="text-ink-muted">{t('none', { server: agent.address })}</p>
      ) : (
        <div
          className="flex flex-col gap-5"
          {...(wrong === undefined ? {} : { 'data-invalid-group': true, tabIndex: -1 })}
        >
          {(sources.length > 0 || commands.length > 0) && (
            <ChosenCommands
              title={t('sources')}
              hint={t('sourcesHint')}
              allowed={sources}
              chosen={commands}
              make={(command) => command}
              change={(changed) => change({ commands: changed })}
            />
          )}
          {(allowedHooks.length > 0 || hooks.before.length > 0) && (
            <ChosenCommands
              title={t('before')}
              hint={t('beforeHint')}
              allowed={allowedHooks}
              chosen={hooks.before}
              make={(command) => ({ ...command, ifFails: 'stop' as 'stop' | 'go-on' })}
              change={(before) => change({ hooks: { ...hooks, before } })}
              more={(hook, changed) => (
                <Field label={t('ifFails')}>
                  <Select
                    value={hook.ifFails}
                    options={[
                      { value: 'stop', label: t('stop') },
                      { value: 'go-on', label: t('goOn') },
                    ]}
                    onChange={(ifFails) => changed({ ...hook, ifFails })}
                  />
                </Field>
              )}
            />
          )}
          {(allowedHooks.length > 0 || hooks.after.length > 0) && (
            <ChosenCommands
              title={t('after')}
              hint={t('afterHint')}
              allowed={allowedHooks}
              chosen={hooks.after}
              make={(command) => command}
              change={(after) => change({ hooks: { ...hooks, after } })}
            />
          )}
          {wrong !== undefined && (
            <p role="alert" className="text-sm text-bad">
              {wrong}
            </p>
          )}
        </div>
      )}
    </Panel>
  );
}
