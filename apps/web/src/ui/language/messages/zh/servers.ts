import type { servers as en } from '../en/servers.ts';
import type { Translated } from '../translated.ts';

export const servers: Translated<typeof en> = {
  title: '服务器',
};
