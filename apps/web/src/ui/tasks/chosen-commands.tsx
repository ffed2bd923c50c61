'use client';

import type { AllowedHook, AllowedSource, NamedCommand } from '@breakwater/contract/source-commands';
import { X } from 'lucide-react';
import { type ReactNode, useId } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { Badge } from '../primitives/badge.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { Select } from '../primitives/select.tsx';

/** Commands of one group of a task, with what they need to be told, and those that the server allows to be added. */
export function ChosenCommands<C extends NamedCommand>(props: {
  title: string;
  hint: string;
  allowed: readonly (AllowedHook | AllowedSource)[];
  chosen: readonly C[];
  make: (command: NamedCommand) => C;
  change: (chosen: C[]) => void;
  /** More to choose for each. */
  more?: (command: C, change: (command: C) => void) => ReactNode;
}) {
  const { title, hint, allowed, chosen, make, change } = props;
  const t = useTranslations('commands.form');
  const kinds = useTranslations('commands.kind');
  const headingId = useId();
  // A second one of the same only makes sense with other parameters.
  const open = allowed.filter(
    ({ name, parameters }) => parameters.length > 0 || !chosen.some((one) => one.name === name),
  );
  const replace = (at: number, command: C) =>
    change(chosen.map((one, index) => (index === at ? command : one)));
  const add = (name: string) => {
    const entry = allowed.find((one) => one.name === name);
    if (entry === undefined) return;
    const parameters = Object.fromEntries(entry.parameters.map((one) => [one.name, '']));
    change([...chosen, make({ name, parameters })]);
  };
  return (
    <div>
      <p id={headingId} className="text-sm font-medium">
        {title}
      </p>
      <p className="mb-1.5 text-sm text-ink-muted">{hint}</p>
      {chosen.length > 0 && (
        <ul aria-labelledby={headingId} className="mb-2 flex flex-col gap-2">
          {chosen.map((command, at) => (
            <Chosen
              // biome-ignore lint/suspicious/noArrayIndexKey: the same command may stand here twice, and nothing else tells them apart.
              key={`${at}:${command.name}`}
              command={command}
              entry={allowed.find((one) => one.name === command.name)}
              change={(parameters) => replace(at, { ...command, parameters })}
              remove={() => change(chosen.filter((_, index) => index !== at))}
            >
              {props.more?.(command, (changed) => replace(at, changed))}
            </Chosen>
          ))}
        </ul>
      )}
      {open.length > 0 && (
        <Select
          value={null}
          label={t('addTo', { group: title })}
          placeholder={t('add')}
          className="max-w-sm"
          options={open.map((one) => ({
            value: one.name,
            label: one.name,
            hint: [one.description, 'kind' in one && one.kind !== 'command' ? kinds(one.kind) : null]
              .filter((word) => word !== null)
              .join(' · '),
          }))}
          onChange={add}
        />
      )}
    </div>
  );
}

function Chosen(props: {
  command: NamedCommand;
  entry: AllowedHook | AllowedSource | undefined;
  change: (parameters: Record<string, string>) => void;
  remove: () => void;
  children: ReactNode;
}) {
  const { command, entry } = props;
  const t = useTranslations('commands.form');
  const kinds = useTranslations('commands.kind');
  const format = useFormat();
  const names = entry?.parameters.map(({ name }) => name) ?? Object.keys(command.parameters);
  return (
    <li className="rounded-md border border-line bg-sunken py-2 pr-1 pl-3">
      <div className="flex items-start gap-2">
        <div className="min-w-0 flex-1">
          <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
            <code className="font-medium break-all">{command.name}</code>
            {entry !== undefined && 'kind' in entry && <Badge>{kinds(entry.kind)}</Badge>}
          </p>
          {entry === undefined ? (
            <p className="text-sm text-warn">{t('gone')}</p>
          ) : (
            <p className="text-sm break-words text-ink-muted">
              {[
                entry.description,
                'file' in entry ? t('becomes', { file: `/${filled(entry.file, command.parameters)}` }) : null,
                t('atMost', { duration: format.duration(entry.timeoutSeconds) }),
              ]
                .filter((words) => words !== null)
                .join(' · ')}
            </p>
          )}
        </div>
        <button
          type="button"
          aria-label={t('remove', { name: command.name })}
          onClick={props.remove}
          className="flex size-7 shrink-0 items-center justify-center text-ink-faint hover:text-ink max-sm:size-10"
        >
          <X aria-hidden className="size-3.5" />
        </button>
      </div>
      {(names.length > 0 || props.children !== undefined) && (
        <div className="mt-2 grid gap-3 pr-2 pb-1 sm:grid-cols-2">
          {names.map((name) => {
            const about = entry?.parameters.find((one) => one.name === name);
            return (
              <Field
                key={name}
                label={name}
                hint={
                  about === undefined
                    ? undefined
                    : (about.description ?? t('pattern', { pattern: about.pattern }))
                }
              >
                <Input
                  mono
                  value={command.parameters[name] ?? ''}
                  maxLength={256}
                  autoComplete="off"
                  spellCheck={false}
                  onChange={(event) =>
                    props.change({ ...command.parameters, [name]: event.currentTarget.value })
                  }
                />
              </Field>
            );
          })}
          {props.children}
        </div>
      )}
    </li>
  );
}

function filled(file: string, parameters: Readonly<Record<string, string>>): string {
  return file.replace(/\{([a-z][a-z0-9_]*)\}/g, (place, name: string) => parameters[name] || place);
}
