'use client';

import { isTimeZone } from '@breakwater/domain/time-zone';
import { useId, useMemo } from 'react';
import { useTranslations } from 'use-intl';
import { Field } from '../primitives/field.tsx';
import { Input } from '../primitives/input.tsx';
import { timeZones } from './next-times.ts';

/** The time zone in which hours are told. */
export function ZoneField(props: {
  zone: string;
  change: (zone: string) => void;
  problem?: string | undefined;
}) {
  const t = useTranslations('tasks.form');
  const listId = useId();
  const zones = useMemo(() => timeZones(Intl.DateTimeFormat().resolvedOptions().timeZone), []);
  const problem = isTimeZone(props.zone) ? props.problem : t('zoneWrong');
  return (
    <Field label={t('zone')} error={problem}>
      <Input
        list={listId}
        value={props.zone}
        maxLength={64}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => props.change(event.currentTarget.value)}
      />
      <datalist id={listId}>
        {zones.map((zone) => (
          <option key={zone} value={zone} />
        ))}
      </datalist>
    </Field>
  );
}
