import type { network as en } from '../en/network.ts';
import type { Translated } from '../translated.ts';

export const network: Translated<typeof en> = {
  title: '网络',
};
