'use client';

import { useTranslations } from 'use-intl';
import { Select, type SelectOption } from './select.tsx';

const ALL = 'all-values';

/** Narrows a list to one value of a thing, or to none: null. `name`: what the values are values of. */
export function FilterSelect(props: {
  name: string;
  value: string | null;
  onChange: (value: string | null) => void;
  options: readonly SelectOption<string>[];
}) {
  const t = useTranslations('common.table');
  return (
    <Select
      label={props.name}
      className="!w-auto min-w-36"
      value={props.value ?? ALL}
      onChange={(value) => props.onChange(value === ALL ? null : value)}
      options={[
        { value: ALL, label: t('filterBy', { column: props.name, value: t('all') }) },
        ...props.options,
      ]}
    />
  );
}
