import type { snapshots as en } from '../en/snapshots.ts';
import type { Translated } from '../translated.ts';

export const snapshots: Translated<typeof en> = {
  title: '快照',
};
