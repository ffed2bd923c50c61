import type { overview as en } from '../en/overview.ts';
import type { Translated } from '../translated.ts';

export const overview: Translated<typeof en> = {
  title: '总览',
};
