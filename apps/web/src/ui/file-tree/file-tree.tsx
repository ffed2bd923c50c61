'use client';

import clsx from 'clsx';
import { type KeyboardEvent, type ReactNode, useCallback, useEffect, useId, useRef, useState } from 'react';
import { useTranslations } from 'use-intl';
import { onlyFolders } from './only-folders.ts';
import type { ChildrenOf, Tick } from './selection.ts';
import { treeAction } from './tree-keys.ts';
import { ROW_HEIGHT, TreeLine } from './tree-line.tsx';
import { type FolderQuery, useFolders } from './use-folders.ts';
import { collapse, rowKey, rowWindow, type TreeRow, visibleRows } from './visible-rows.ts';

/**
 * A tree of files with check boxes that reads a folder when it is opened. Only the lines on screen are drawn, so a
 * folder with a hundred thousand files is no heavier than one with ten.
 */
export function FileTree(props: {
  label: string;
  rootLabel: string;
  folderQuery: (path: string) => FolderQuery;
  tickOf: (path: string) => Tick;
  onToggle: (path: string, childrenOf: ChildrenOf) => void;
  filter: string;
  /** Folders to show open at first; `/` always is. */
  initiallyOpen?: readonly string[];
  /** Folders that hold one folder and nothing else are passed through. */
  throughOnlyFolders?: boolean;
  /** Shown at the end of a line. */
  actions?: (row: Extract<TreeRow, { kind: 'entry' }>) => ReactNode;
  className?: string;
}) {
  const t = useTranslations('files');
  const id = useId();
  const [expanded, setExpanded] = useState<ReadonlySet<string>>(
    () => new Set(['/', ...(props.initiallyOpen ?? [])]),
  );
  const [active, setActive] = useState('entry:/');
  const [view, setView] = useState({ top: 0, height: 0 });
  const box = useRef<HTMLDivElement>(null);
  const { folders, childrenOf, retry } = useFolders(props.folderQuery, expanded);
  // Once each: what the reader closes stays closed.
  const passed = useRef(new Set(props.initiallyOpen));
  useEffect(() => {
    if (props.throughOnlyFolders !== true) return;
    const further = onlyFolders(folders).filter((path) => !passed.current.has(path));
    if (further.length === 0) return;
    for (const path of further) passed.current.add(path);
    setExpanded((old) => new Set([...old, ...further]));
  });
  const rows = visibleRows(folders, expanded, props.filter);
  const activeIndex = Math.max(
    0,
    rows.findIndex((row) => rowKey(row) === active),
  );
  const { from, to } = rowWindow(rows.length, view.top, view.height, ROW_HEIGHT);

  const measure = useCallback(() => {
    const element = box.current;
    if (element !== null) setView({ top: element.scrollTop, height: element.clientHeight });
  }, []);
  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [measure]);

  const open = (path: string) => setExpanded((old) => new Set([...old, path]));
  const close = (path: string) => setExpanded((old) => collapse(old, path));

  function moveTo(index: number): void {
    const row = rows[index];
    if (row === undefined) return;
    setActive(rowKey(row));
    const element = box.current;
    if (element === null) return;
    const top = index * ROW_HEIGHT;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW_HEIGHT > element.scrollTop + element.clientHeight) {
      element.scrollTop = top + ROW_HEIGHT - element.clientHeight;
    }
  }

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>): void {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target !== event.currentTarget) return;
    const page = Math.max(1, Math.floor(view.height / ROW_HEIGHT) - 1);
    const action = treeAction(event.key, rows, activeIndex, page);
    if (action.type === 'none') return;
    event.preventDefault();
    if (action.type === 'move') moveTo(action.index);
    else if (action.type === 'expand') open(action.path);
    else if (action.type === 'collapse') close(action.path);
    else if (action.type === 'retry') retry(action.path);
    else props.onToggle(action.path, childrenOf);
  }

  const lineId = (index: number) => `${id}-${index}`;
  return (
    <div
      ref={box}
      role="tree"
      aria-label={props.label}
      aria-activedescendant={lineId(activeIndex)}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onScroll={measure}
      className={clsx('group/tree @container/tree relative overflow-auto -outline-offset-2', props.className)}
    >
      <div style={{ height: rows.length * ROW_HEIGHT }} className="relative" role="presentation">
        {rows.slice(from, to).map((row, offset) => (
          <TreeLine
            key={rowKey(row)}
            id={lineId(from + offset)}
            top={(from + offset) * ROW_HEIGHT}
            row={row}
            rootLabel={props.rootLabel}
            tick={row.kind === 'entry' ? props.tickOf(row.path) : 'unticked'}
            active={from + offset === activeIndex}
            onFocus={() => setActive(rowKey(row))}
            onOpen={() => (row.kind === 'entry' && row.expanded === true ? close(row.path) : open(row.path))}
            onToggle={() => props.onToggle(row.path, childrenOf)}
            onRetry={() => retry(row.path)}
            actions={row.kind === 'entry' ? props.actions?.(row) : undefined}
          />
        ))}
      </div>
      {props.filter.trim() !== '' && rows.length <= 1 && (
        <p className="px-4 py-3 text-ink-muted">{t('noMatch', { filter: props.filter.trim() })}</p>
      )}
    </div>
  );
}
