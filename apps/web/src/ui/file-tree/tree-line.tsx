'use client';

import clsx from 'clsx';
import {
  ChevronRight,
  File,
  FileLock2,
  FileSymlink,
  FileX2,
  Folder,
  FolderLock,
  FolderOpen,
  Server,
} from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { visibleName } from './paths.ts';
import type { Tick } from './selection.ts';
import { TickBox } from './tick-box.tsx';
import type { TreeEntry, TreeRow } from './visible-rows.ts';

/** px */
export const ROW_HEIGHT = 34;
/** Deep folders leave little room for names on a phone: there each level goes in by half as much. */
const indentClass = 'pl-[calc(0.5rem+var(--depth)*0.5rem)] @md/tree:pl-[calc(0.5rem+var(--depth)*1.125rem)]';
const noticeIndentClass =
  'pl-[calc(2rem+var(--depth)*0.5rem)] @md/tree:pl-[calc(2rem+var(--depth)*1.125rem)]';

/** One line of a file tree. Focus stays on the tree, so everything in here is for the pointer. */
export function TreeLine(props: LineProps) {
  const { row } = props;
  const style = { top: props.top, height: ROW_HEIGHT, '--depth': row.level - 1 };
  return row.kind === 'entry' ? (
    <EntryLine {...props} row={row} style={style} />
  ) : (
    <Notice {...props} row={row} style={style} />
  );
}

interface LineStyle {
  top: number;
  height: number;
  '--depth': number;
}

interface LineProps {
  id: string;
  top: number;
  row: TreeRow;
  rootLabel: string;
  tick: Tick;
  active: boolean;
  onFocus: () => void;
  onOpen: () => void;
  onToggle: () => void;
  onRetry: () => void;
  actions?: ReactNode;
}

function EntryLine(props: LineProps & { row: Extract<TreeRow, { kind: 'entry' }>; style: LineStyle }) {
  const t = useTranslations('files');
  const { row, style } = props;
  const { entry, expanded } = row;
  const isRoot = row.path === '/';
  const name = isRoot ? props.rootLabel : visibleName(entry.name);
  const description = useDescription(entry);
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: focus stays on the tree, which names this line by aria-activedescendant.
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree handles the keys.
    <div
      id={props.id}
      role="treeitem"
      aria-level={row.level}
      aria-setsize={row.siblings}
      aria-posinset={row.position}
      aria-checked={props.tick === 'mixed' ? 'mixed' : props.tick === 'ticked'}
      {...(expanded === null ? {} : { 'aria-expanded': expanded })}
      {...(description === '' ? {} : { 'aria-description': description })}
      style={style}
      onClick={() => {
        props.onFocus();
        if (expanded === null) props.onToggle();
        else props.onOpen();
      }}
      className={clsx(
        'absolute inset-x-0 flex cursor-pointer items-center gap-1.5 pr-3 hover:bg-hover',
        props.active && 'group-focus-visible/tree:bg-hover group-focus-visible/tree:outline-2',
        'outline-accent -outline-offset-2',
        indentClass,
      )}
    >
      {expanded === null ? (
        <span aria-hidden className="size-4 shrink-0" />
      ) : (
        <ChevronRight
          aria-hidden
          className={clsx('size-4 shrink-0 text-ink-faint transition-transform', expanded && 'rotate-90')}
        />
      )}
      <TickBox
        tick={props.tick}
        onToggle={() => {
          props.onFocus();
          props.onToggle();
        }}
      />
      <EntryIcon row={row} />
      <span
        className={clsx(
          'min-w-0 truncate',
          isRoot ? 'font-medium' : 'font-mono text-sm',
          !entry.readable && 'text-ink-faint',
        )}
        title={isRoot ? undefined : row.path}
      >
        {name}
      </span>
      {/* From here on it is for the eye: the line's name and description say it to everybody else. */}
      {entry.linkTarget !== null && (
        <span
          aria-hidden
          className="min-w-0 truncate font-mono text-xs text-ink-faint"
          title={t('linkTo', { target: entry.linkTarget })}
        >
          → {entry.linkTarget}
        </span>
      )}
      {!entry.readable && (
        <span aria-hidden className="shrink-0 text-xs text-warn">
          {t('unreadable')}
        </span>
      )}
      <LineEnd row={row} actions={props.actions} />
    </div>
  );
}

/** What the line shows beside the name, in words. */
function useDescription(entry: TreeEntry): string {
  const t = useTranslations('files');
  const format = useFormat();
  return [
    entry.linkTarget === null ? null : t('linkTo', { target: entry.linkTarget }),
    entry.readable ? null : t('unreadable'),
    entry.type === 'file' ? format.bytes(entry.size) : null,
    entry.mtime === null ? null : format.date(entry.mtime),
  ]
    .filter((part) => part !== null)
    .join(', ');
}

function LineEnd({ row, actions }: { row: Extract<TreeRow, { kind: 'entry' }>; actions?: ReactNode }) {
  const format = useFormat();
  const { entry } = row;
  return (
    <span
      aria-hidden
      className="ml-auto flex shrink-0 items-center gap-3 pl-1 text-sm text-ink-muted @md/tree:pl-3"
    >
      {/* Where it is narrow the name needs the room; what is ticked can be downloaded from the basket. */}
      {actions !== undefined && <span className="hidden @md/tree:block">{actions}</span>}
      {entry.type === 'file' && <span className="text-right @md/tree:w-16">{format.bytes(entry.size)}</span>}
      {entry.mtime !== null && (
        <time
          dateTime={entry.mtime}
          title={format.exactTime(entry.mtime)}
          className="hidden w-28 text-right @xl/tree:block"
        >
          {format.date(entry.mtime)}
        </time>
      )}
    </span>
  );
}

function EntryIcon({ row }: { row: Extract<TreeRow, { kind: 'entry' }> }) {
  const { entry } = row;
  const look = 'size-4 shrink-0';
  if (row.path === '/') return <Server aria-hidden className={clsx(look, 'text-ink-muted')} />;
  if (entry.type === 'dir') {
    const Icon = !entry.readable ? FolderLock : row.expanded === true ? FolderOpen : Folder;
    return <Icon aria-hidden className={clsx(look, entry.readable ? 'text-accent' : 'text-warn')} />;
  }
  const Icon =
    entry.type === 'symlink'
      ? FileSymlink
      : entry.type === 'other'
        ? FileX2
        : entry.readable
          ? File
          : FileLock2;
  return <Icon aria-hidden className={clsx(look, entry.readable ? 'text-ink-faint' : 'text-warn')} />;
}

function Notice(props: {
  id: string;
  row: Exclude<TreeRow, { kind: 'entry' }>;
  style: LineStyle;
  active: boolean;
  onRetry: () => void;
}) {
  const t = useTranslations('files');
  const common = useTranslations('common.action');
  const { row, style } = props;
  return (
    <div
      id={props.id}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.level}
      style={style}
      className={clsx(
        'absolute inset-x-0 flex items-center gap-2 truncate pr-3 text-sm text-ink-muted outline-accent -outline-offset-2',
        noticeIndentClass,
        props.active && 'group-focus-visible/tree:outline-2',
      )}
    >
      {row.kind === 'loading' && <span className="animate-pulse">{t('loading')}</span>}
      {row.kind === 'empty' && t('empty')}
      {row.kind === 'truncated' && t('truncated')}
      {row.kind === 'failed' && (
        <>
          <span className="min-w-0 truncate text-bad" title={row.message}>
            {t('failed', { message: row.message })}
          </span>
          <button
            type="button"
            tabIndex={-1}
            onClick={props.onRetry}
            className="shrink-0 font-medium text-accent underline"
          >
            {common('retry')}
          </button>
        </>
      )}
    </div>
  );
}
