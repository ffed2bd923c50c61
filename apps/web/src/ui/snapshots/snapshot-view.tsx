'use client';

import type { Snapshot } from '@breakwater/contract/resources';
import { useQuery } from '@tanstack/react-query';
import { ArrowRight, Download, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import { useCallback, useMemo, useState } from 'react';
import { useTranslations } from 'use-intl';
import { storageNodesQuery } from '../api/queries/storage-nodes.ts';
import { useMay } from '../api/use-session.ts';
import { basketTick, toggleInBasket } from '../file-tree/basket.ts';
import { FileTree } from '../file-tree/file-tree.tsx';
import { lineage, parentOf } from '../file-tree/paths.ts';
import type { FolderQuery } from '../file-tree/use-folders.ts';
import { useFormat } from '../language/use-format.ts';
import { ErrorState } from '../primitives/error-state.tsx';
import { Input } from '../primitives/input.tsx';
import { Panel } from '../primitives/panel.tsx';
import { Skeleton } from '../primitives/skeleton.tsx';
import { useInView } from '../primitives/use-in-view.ts';
import { BASKET_ID, RestoreBasket } from './restore-basket.tsx';
import { RemoveSnapshot } from './remove-snapshot.tsx';
import { downloadHref, snapshotFolderQuery, snapshotQuery } from './snapshot-files.ts';
import { isReadable } from './timeline-days.ts';
import { useKeptBasket } from './use-kept-basket.ts';

/** The files of one snapshot, and the basket they are put into. */
export function SnapshotView({ snapshotId }: { snapshotId: string }) {
  const { data: snapshot, error, refetch } = useQuery(snapshotQuery(snapshotId));
  const mayRead = useMay('restore');
  if (snapshot === undefined) {
    return (
      <Panel>
        {error !== null ? (
          <ErrorState error={error} retry={() => void refetch()} />
        ) : (
          <Skeleton className="h-96 w-full" />
        )}
      </Panel>
    );
  }
  return mayRead ? <Known snapshot={snapshot} /> : <OnlyAbout snapshot={snapshot} />;
}

/** Reading a server's files through its backup is not for everyone who may see that it is backed up. */
function OnlyAbout({ snapshot }: { snapshot: Snapshot }) {
  const t = useTranslations('snapshots.tree');
  const format = useFormat();
  return (
    <Panel
      flush
      title={t('title', { when: format.dateTime(snapshot.time) })}
      actions={<Held snapshot={snapshot} />}
    >
      <About snapshot={snapshot} />
      <p className="p-4 text-ink-muted">{t('mayNot')}</p>
    </Panel>
  );
}

function Known({ snapshot }: { snapshot: Snapshot }) {
  const t = useTranslations('snapshots.tree');
  const format = useFormat();
  const { basket, change } = useKeptBasket(snapshot.id);
  const setPaths = useCallback(
    (of: (old: readonly string[]) => readonly string[]) => change((old) => ({ paths: of(old.paths) })),
    [change],
  );
  const folderQuery = useMemo(() => snapshotFolderQuery(snapshot.id), [snapshot.id]);
  const openAtFirst = useMemo(
    () => snapshot.paths.flatMap((path) => lineage(parentOf(path) ?? '/')),
    [snapshot.paths],
  );
  const { data: nodes } = useQuery(storageNodesQuery);
  const readable = isReadable(snapshot, nodes ?? []);
  return (
    <div className="grid min-w-0 items-start gap-4 xl:grid-cols-[minmax(0,1fr)_20rem]">
      <Panel
        flush
        title={t('title', { when: format.dateTime(snapshot.time) })}
        actions={<Held snapshot={snapshot} />}
      >
        <About snapshot={snapshot} />
        {readable ? (
          <Files
            snapshotId={snapshot.id}
            openAtFirst={openAtFirst}
            folderQuery={folderQuery}
            basket={basket.paths}
            setBasket={setPaths}
          />
        ) : (
          <p className="flex items-center gap-2 px-4 py-3 text-warn">
            <TriangleAlert aria-hidden className="size-4 shrink-0" />
            {t('offline')}
          </p>
        )}
      </Panel>
      {basket.paths.length > 0 && <ToBasket count={basket.paths.length} />}
      <RestoreBasket snapshot={snapshot} basket={basket} change={change} folderQuery={folderQuery} />
    </div>
  );
}

/** A phone's bottom bar, this bar, and as much of the basket as tells that it is one. */
const COVERED_PX = 140;

/** Where the basket lies below the files: how much is in it, and the way there, in view until the basket is. */
function ToBasket({ count }: { count: number }) {
  const t = useTranslations('snapshots.basket');
  const there = useInView(BASKET_ID, COVERED_PX);
  if (there) return null;
  return (
    // Of no height, and over the gap: nothing moves when it comes and goes.
    <div className="sticky bottom-2 z-20 -mt-4 h-0 max-sm:bottom-[calc(4rem+env(safe-area-inset-bottom))] xl:hidden">
      <button
        type="button"
        onClick={() => {
          const basket = document.getElementById(BASKET_ID);
          basket?.scrollIntoView({ block: 'start' });
          basket?.focus({ preventScroll: true });
        }}
        className="absolute inset-x-0 bottom-0 flex h-12 animate-arrive items-center justify-between gap-4 rounded-lg border border-accent bg-accent px-4 font-medium text-accent-ink shadow-float"
      >
        <span>{t('chosen', { count })}</span>
        <span className="flex items-center gap-1.5">
          {t('toRestore')}
          <ArrowRight aria-hidden className="size-4" />
        </span>
      </button>
    </div>
  );
}

/** The tree of one snapshot with its filter; what is ticked goes into the basket. */
function Files(props: {
  snapshotId: string;
  openAtFirst: readonly string[];
  folderQuery: (path: string) => FolderQuery;
  basket: readonly string[];
  setBasket: (change: (old: readonly string[]) => readonly string[]) => void;
}) {
  const { snapshotId } = props;
  const t = useTranslations('snapshots.tree');
  const files = useTranslations('files');
  const [filter, setFilter] = useState('');
  return (
    <>
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
        label={t('label')}
        rootLabel={t('all')}
        folderQuery={props.folderQuery}
        filter={filter}
        initiallyOpen={props.openAtFirst}
        throughOnlyFolders
        tickOf={(path) => basketTick(props.basket, path)}
        onToggle={(path, childrenOf) => props.setBasket((old) => toggleInBasket(old, path, childrenOf))}
        className="h-[26rem] xl:h-[calc(100dvh-20rem)] xl:min-h-80"
        actions={(row) =>
          row.entry.type === 'file' ? (
            <a
              href={downloadHref(snapshotId, row.path)}
              download={row.entry.name}
              tabIndex={-1}
              title={files('download', { name: row.entry.name })}
              onClick={(event) => event.stopPropagation()}
              className="flex size-7 items-center justify-center rounded-md text-ink-faint hover:bg-selected hover:text-ink"
            >
              <Download aria-hidden className="size-4" />
              <span className="sr-only">{files('download', { name: row.entry.name })}</span>
            </a>
          ) : null
        }
      />
    </>
  );
}

function Held({ snapshot }: { snapshot: Snapshot }) {
  const t = useTranslations('snapshots.tree');
  const format = useFormat();
  const nodes = snapshot.copies.map((copy) => copy.nodeName);
  if (nodes.length === 0) return null;
  return (
    <Link
      href={`/repositories/${snapshot.repositoryId}`}
      className="text-sm text-ink-muted hover:text-accent hover:underline"
    >
      {t('held', { nodes: format.list(nodes) })}
    </Link>
  );
}

function About({ snapshot }: { snapshot: Snapshot }) {
  const t = useTranslations('snapshots.tree');
  const format = useFormat();
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 border-b border-line px-4 py-2 text-sm text-ink-muted">
      <span>{snapshot.sourceAddress ?? snapshot.hostname}</span>
      {snapshot.files !== null && snapshot.bytes !== null && (
        <span>{t('files', { count: snapshot.files, size: format.bytes(snapshot.bytes) })}</span>
      )}
      {snapshot.taskName !== null && snapshot.taskId !== null && (
        <span>
          {t('takenBy')}{' '}
          <Link className="text-accent hover:underline" href={`/tasks/${snapshot.taskId}`}>
            {snapshot.taskName}
          </Link>
        </span>
      )}
      {snapshot.runId !== null && (
        <Link className="text-accent hover:underline" href={`/runs/${snapshot.runId}`}>
          {t('run')}
        </Link>
      )}
      <span>
        {t('id')} <code title={snapshot.id}>{snapshot.id.slice(0, 8)}</code>
      </span>
      <RemoveSnapshot snapshot={snapshot} />
    </p>
  );
}
