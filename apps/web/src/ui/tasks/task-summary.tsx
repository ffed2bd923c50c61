'use client';

import type { StorageNode } from '@breakwater/contract/resources';
import { commandLabel } from '@breakwater/contract/source-commands';
import clsx from 'clsx';
import {
  CalendarClock,
  CircleDashed,
  Database,
  FolderCheck,
  FolderMinus,
  Gauge,
  HardDrive,
  History,
  type LucideIcon,
  Scale,
  SquareTerminal,
  Unplug,
} from 'lucide-react';
import { useTranslations } from 'use-intl';
import { checkBandwidth } from '../bandwidth/bandwidth-draft.ts';
import { useBandwidthWords } from '../bandwidth/use-bandwidth-words.ts';
import { useFormat } from '../language/use-format.ts';
import { Panel } from '../primitives/panel.tsx';
import { checkKeep } from './keep-draft.ts';
import { type TaskDraft, writtenExcludes } from './task-draft.ts';
import type { PreviewWords } from './use-preview-words.ts';
import { useRetentionWords } from './use-retention-words.ts';
import { useScheduleWords } from './use-schedule-words.ts';

interface Line {
  icon: LucideIcon;
  text: string;
  /** Still to be filled in. */
  open?: boolean;
}

const MOST_NAMED = 3;

/** The plan as sentences, growing with the form. */
export function TaskSummary(props: {
  draft: Pick<
    TaskDraft,
    | 'commands'
    | 'hooks'
    | 'sourceAddress'
    | 'paths'
    | 'excludes'
    | 'schedule'
    | 'keep'
    | 'bandwidth'
    | 'strategy'
    | 'nodeId'
    | 'ifAgentSilent'
  >;
  nodes: readonly StorageNode[];
  preview: PreviewWords | null;
}) {
  const { draft, nodes, preview } = props;
  const t = useTranslations('tasks.summary');
  const words = useTranslations('commands.summary');
  const format = useFormat();
  const scheduleWords = useScheduleWords();
  const retentionWords = useRetentionWords();
  const bandwidth = useTranslations('bandwidth');
  const bandwidthWords = useBandwidthWords();

  const named = (all: readonly string[]) => {
    const first = all.slice(0, MOST_NAMED);
    const more = all.length - first.length;
    return format.list(more > 0 ? [...first, t('more', { count: more })] : first);
  };
  const lines: Line[] = [];
  if (draft.sourceAddress === null) lines.push({ icon: FolderCheck, text: t('takePlaceholder'), open: true });
  else if (draft.paths.length + draft.commands.length === 0) {
    lines.push({ icon: FolderCheck, text: t('onServer', { server: draft.sourceAddress }), open: true });
  } else if (draft.paths.length > 0) {
    lines.push({
      icon: FolderCheck,
      text: t('take', { paths: named(draft.paths), server: draft.sourceAddress }),
    });
  }
  const excludes = writtenExcludes(draft);
  if (excludes.length > 0)
    lines.push({ icon: FolderMinus, text: t('leaveOut', { patterns: named(excludes) }) });
  if (draft.sourceAddress !== null && draft.commands.length > 0) {
    const commands = named(draft.commands.map(commandLabel));
    const count = draft.commands.length;
    lines.push({ icon: Database, text: words('take', { commands, count, server: draft.sourceAddress }) });
  }
  const { before, after } = draft.hooks;
  if (before.length > 0) {
    lines.push({ icon: SquareTerminal, text: words('before', { hooks: named(before.map(commandLabel)) }) });
  }
  if (after.length > 0) {
    lines.push({ icon: SquareTerminal, text: words('after', { hooks: named(after.map(commandLabel)) }) });
  }
  lines.push({
    icon: CalendarClock,
    text:
      draft.schedule === null
        ? t('manual')
        : t('zoned', { when: scheduleWords(draft.schedule.preset), zone: draft.schedule.timeZone }),
  });
  const kept = checkKeep(draft.keep);
  lines.push(
    kept.ok
      ? { icon: History, text: t('keep', { rules: retentionWords(kept.retention) }) }
      : { icon: History, text: t('keepPlaceholder'), open: true },
  );
  const node = nodes.find((one) => one.id === draft.nodeId);
  if (draft.strategy === 'pinned') {
    lines.push(
      node === undefined
        ? { icon: HardDrive, text: t('pinnedPlaceholder'), open: true }
        : { icon: HardDrive, text: t('pinned', { node: node.name }) },
    );
  } else {
    lines.push({ icon: HardDrive, text: t(draft.strategy === 'fastest' ? 'fastest' : 'finishFirst') });
  }
  const limited = checkBandwidth(draft.bandwidth);
  if (limited.ok && limited.limit !== null) {
    lines.push({ icon: Gauge, text: bandwidth('summary', { limit: bandwidthWords(limited.limit) }) });
  }
  lines.push({ icon: Unplug, text: t(draft.ifAgentSilent) });
  if (preview?.state === 'counted') lines.push({ icon: Scale, text: t('now', { count: preview.text }) });

  return (
    <Panel title={t('title')}>
      <ul className="flex flex-col gap-3">
        {lines.map(({ icon, text, open = false }) => {
          const Icon = open ? CircleDashed : icon;
          return (
            <li key={text} className={clsx('flex animate-arrive gap-2', open && 'text-ink-muted')}>
              <Icon
                aria-hidden
                className={clsx('mt-0.5 size-4 shrink-0', open ? 'text-ink-faint' : 'text-accent')}
              />
              <span className="min-w-0 break-words">{text}</span>
            </li>
          );
        })}
      </ul>
    </Panel>
  );
}
