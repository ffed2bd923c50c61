'use client';

import { Languages, Monitor, Moon, Sun } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useLanguage } from '../language/use-language.ts';
import { IconButton } from '../primitives/button.tsx';
import { Menu, MenuChoice } from '../primitives/menu.tsx';
import { useTheme } from '../theme/use-theme.ts';

const themeIcons = { system: Monitor, light: Sun, dark: Moon } as const;

export function ThemeMenu() {
  const t = useTranslations('shell.theme');
  const { theme, setTheme } = useTheme();
  return (
    <Menu trigger={<IconButton icon={themeIcons[theme]} label={t('label')} />}>
      <MenuChoice
        label={t('label')}
        value={theme}
        onChange={setTheme}
        options={(['system', 'light', 'dark'] as const).map((value) => ({
          value,
          label: t(value),
          icon: themeIcons[value],
        }))}
      />
    </Menu>
  );
}

/** Languages stand in their own words: who cannot read the current one must still find theirs. */
export function LanguageMenu() {
  const t = useTranslations('shell.language');
  const { language, setLanguage } = useLanguage();
  return (
    <Menu trigger={<IconButton icon={Languages} label={t('label')} />}>
      <MenuChoice
        label={t('label')}
        value={language}
        onChange={setLanguage}
        options={[
          { value: 'en', label: 'English' },
          { value: 'zh-CN', label: '简体中文' },
        ]}
      />
    </Menu>
  );
}
