import type { units as en } from '../en/units.ts';
import type { Translated } from '../translated.ts';

export const units: Translated<typeof en> = {
  days: '{value} 天',
  hours: '{value} 小时',
  minutes: '{value} 分',
  seconds: '{value} 秒',
  milliseconds: '{value} 毫秒',
  now: '刚刚',
  perSecond: '{amount}/秒',
  unknown: '未知',
  none: '无',
};
