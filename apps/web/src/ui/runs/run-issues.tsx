'use client';

import { withSense } from '@breakwater/contract/remark';
import type { RunDetail } from '@breakwater/contract/run';
import { isFinal } from '@breakwater/domain/run-state';
import { FileX2, TriangleAlert } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useFormat } from '../language/use-format.ts';
import { useRemark } from '../language/use-remark.ts';
import { Panel } from '../primitives/panel.tsx';
import { isCareKind } from './care-kinds.ts';

/** Files that could not be dealt with, and warnings while they come in. Nothing at all when there is neither. */
export function RunIssues({ run }: { run: RunDetail }) {
  const t = useTranslations('runs.issues');
  const notes = run.log.filter((line) => line.level !== 'info');
  const soFar = isFinal(run.state) ? 0 : (run.progress?.errors ?? 0);
  return (
    <>
      {notes.length > 0 && <Notes notes={notes} />}
      {(run.issueCount > 0 || soFar > 0) && (
        <Panel
          title={t(run.kind === 'restore' ? 'titleRestore' : isCareKind(run.kind) ? 'titleCheck' : 'title')}
          flush
        >
          {run.issueCount === 0 && <p className="p-4 text-warn">{t('soFar', { count: soFar })}</p>}
          <IssueList run={run} />
        </Panel>
      )}
    </>
  );
}

function IssueList({ run }: { run: RunDetail }) {
  const t = useTranslations('runs.issues');
  const say = useRemark();
  const more = run.issueCount - run.issues.length;
  if (run.issues.length === 0) return null;
  return (
    <>
      <ul
        aria-label={t(isCareKind(run.kind) ? 'labelCheck' : 'label')}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard.
        tabIndex={0}
        className="max-h-96 divide-y divide-line overflow-y-auto"
      >
        {run.issues.map((issue) => (
          <li key={`${issue.during}:${issue.path}:${issue.message}`} className="px-4 py-2">
            <p className="flex items-start gap-2">
              <FileX2 aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
              <code className="min-w-0 text-sm break-all">{issue.path}</code>
            </p>
            <p className="pl-6 text-sm text-ink-muted">
              <span className="text-warn">{t(`code.${issue.code}`)}</span> ·{' '}
              {say(withSense(issue.message, issue.sense), issue.message)}
            </p>
          </li>
        ))}
      </ul>
      {more > 0 && (
        <p className="border-t border-line px-4 py-2 text-sm text-ink-muted">{t('more', { count: more })}</p>
      )}
    </>
  );
}

function Notes({ notes }: { notes: RunDetail['log'] }) {
  const t = useTranslations('runs');
  const say = useRemark();
  const format = useFormat();
  return (
    <Panel title={t('issues.notes')} flush>
      <ul className="divide-y divide-line" aria-live="polite">
        {notes.map((note) => (
          <li key={`${note.at}:${note.message}`} className="flex animate-arrive items-start gap-2 px-4 py-2">
            <TriangleAlert
              aria-label={t(`log.level.${note.level}`)}
              className={`mt-0.5 size-4 shrink-0 ${note.level === 'error' ? 'text-bad' : 'text-warn'}`}
            />
            <p className="min-w-0">
              <span className="break-words">{say(withSense(note.message, note.sense), note.message)}</span>{' '}
              <time dateTime={note.at} title={format.exactTime(note.at)} className="text-sm text-ink-faint">
                {format.time(note.at)}
              </time>
            </p>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
