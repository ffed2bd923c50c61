export const themeChoices = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];
export const THEME_COOKIE = 'breakwater-theme';

/** The choice kept in the cookie; anything else means "as the system". */
export function parseThemeChoice(value: string | undefined): ThemeChoice {
  return themeChoices.find((choice) => choice === value) ?? 'system';
}
