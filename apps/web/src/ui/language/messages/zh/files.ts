import type { files as en } from '../en/files.ts';
import type { Translated } from '../translated.ts';

export const files: Translated<typeof en> = {
  filter: '输入名称以筛选',
  filterHint: '在已展开的文件夹中查找。',
  noMatch: '已展开的文件夹中没有名称包含“{filter}”的项目。',
  wholeServer: '全部',
  loading: '正在读取文件夹…',
  empty: '空文件夹',
  truncated: '此文件夹的内容过多，无法全部显示。请输入路径以访问其余内容。',
  failed: '无法读取：{message}',
  unreadable: '代理无权读取此项',
  expand: '展开 {name}',
  collapse: '收起 {name}',
  linkTo: '链接到 {target}',
  download: '下载 {name}',
};
