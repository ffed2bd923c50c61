'use client';

import { Plus, Trash2 } from 'lucide-react';
import { useLocale, useTranslations } from 'use-intl';
import { Button, IconButton } from '../primitives/button.tsx';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { ZoneField } from '../tasks/zone-field.tsx';
import {
  type BandwidthDraft,
  checkBandwidth,
  LEAST_RATE,
  type WindowDraft,
  withDay,
  withWindow,
} from './bandwidth-draft.ts';
import { dayName } from './use-bandwidth-words.ts';

const WEEK = [1, 2, 3, 4, 5, 6, 7];
const MOST_WINDOWS = 20;

/** A rate, and hours of the week that have another: for a task, a server and a storage node alike. */
export function BandwidthFields(props: {
  draft: BandwidthDraft;
  change: (draft: BandwidthDraft) => void;
  /** What the control center refused. */
  refused?: string | undefined;
  hint: string;
}) {
  const { draft, change } = props;
  const t = useTranslations('bandwidth');
  const check = checkBandwidth(draft);
  const wrong = new Set(check.ok ? [] : check.wrong);
  const rateProblem = t('rateWrong', { least: String(LEAST_RATE) });
  const setWindow = (at: number, part: Partial<WindowDraft>): void =>
    change({
      ...draft,
      windows: draft.windows.map((one, index) => (index === at ? { ...one, ...part } : one)),
    });
  return (
    <div className="grid gap-4">
      <Field
        label={draft.windows.length === 0 ? t('rate') : t('rateOtherwise')}
        hint={props.hint}
        error={wrong.has('bytesPerSecond') ? rateProblem : props.refused}
      >
        <RateInput value={draft.rate} change={(rate) => change({ ...draft, rate })} />
      </Field>
      {draft.windows.map((window, at) => (
        <fieldset
          // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name, and are only added at the end
          key={at}
          className="grid gap-3 rounded-lg border border-line p-3"
        >
          <legend className="sr-only">{t('hours', { number: String(at + 1) })}</legend>
          <div className="flex items-start justify-between gap-2">
            <Days
              days={window.days}
              change={(days) => setWindow(at, { days })}
              problem={wrong.has(`windows.${at}.days`) ? t('daysWrong') : undefined}
            />
            <IconButton
              icon={Trash2}
              size="sm"
              label={t('removeHours', { number: String(at + 1) })}
              onClick={() => change({ ...draft, windows: draft.windows.filter((_, index) => index !== at) })}
            />
          </div>
          <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
            <Field label={t('from')} error={wrong.has(`windows.${at}.from`) ? t('timeWrong') : undefined}>
              <Input
                type="time"
                value={window.from}
                onChange={(event) => setWindow(at, { from: event.currentTarget.value })}
              />
            </Field>
            <Field label={t('to')} error={wrong.has(`windows.${at}.to`) ? t('toWrong') : undefined}>
              <Input
                type="time"
                value={window.to}
                onChange={(event) => setWindow(at, { to: event.currentTarget.value })}
              />
            </Field>
            <Field
              label={t('rate')}
              className="col-span-2 sm:col-span-1"
              error={wrong.has(`windows.${at}.bytesPerSecond`) ? rateProblem : undefined}
            >
              <RateInput value={window.rate} change={(rate) => setWindow(at, { rate })} />
            </Field>
          </div>
        </fieldset>
      ))}
      {draft.windows.length > 0 && (
        <ZoneField zone={draft.timeZone} change={(timeZone) => change({ ...draft, timeZone })} />
      )}
      {draft.windows.length < MOST_WINDOWS && (
        <Button
          size="sm"
          icon={Plus}
          className="justify-self-start"
          onClick={() => change(withWindow(draft))}
        >
          {t('addHours')}
        </Button>
      )}
    </div>
  );
}

function RateInput(props: { value: string; change: (rate: string) => void }) {
  const t = useTranslations('bandwidth');
  return (
    <span className="flex items-center gap-2">
      <Input
        inputMode="decimal"
        maxLength={12}
        autoComplete="off"
        placeholder={t('allThereIs')}
        value={props.value}
        onChange={(event) => props.change(event.currentTarget.value)}
      />
      <span className="shrink-0 text-ink-muted">MB/s</span>
    </span>
  );
}

function Days(props: {
  days: readonly number[];
  change: (days: number[]) => void;
  problem: string | undefined;
}) {
  const t = useTranslations('bandwidth');
  const locale = useLocale();
  return (
    <fieldset className="min-w-0">
      <legend className="sr-only">{t('days')}</legend>
      <div className="flex flex-wrap gap-1">
        {WEEK.map((day) => {
          const isOn = props.days.includes(day);
          return (
            <Button
              key={day}
              size="sm"
              tone={isOn ? 'primary' : 'plain'}
              aria-pressed={isOn}
              aria-label={dayName(day, locale, 'long')}
              onClick={() => props.change(withDay(props.days, day))}
            >
              {dayName(day, locale)}
            </Button>
          );
        })}
      </div>
      {props.problem !== undefined && (
        <p role="alert" className="mt-1 text-sm text-bad">
          {props.problem}
        </p>
      )}
    </fieldset>
  );
}
