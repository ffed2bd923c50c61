import type { nodes as en } from '../en/nodes.ts';
import type { Translated } from '../translated.ts';

export const nodes: Translated<typeof en> = {
  title: '节点',
};
