import type { palette as en } from '../en/palette.ts';
import type { Translated } from '../translated.ts';

export const palette: Translated<typeof en> = {
  title: '搜索与命令',
  placeholder: '前往服务器、运行任务、恢复…',
  nothing: '没有与“{search}”匹配的内容。',
  hint: '移动，Enter 选择，Esc 关闭',
  group: {
    running: '正在运行',
    servers: '服务器',
    restore: '恢复',
    tasks: '任务',
    nodes: '存储节点',
    pages: '页面',
    actions: '操作',
  },
  restoreFrom: '从 {server} 恢复',
  runTask: '运行 {task}',
  openTask: '打开 {task}',
  newTask: '新建任务',

  addServer: '添加服务器',
  apiDocs: 'API 文档',
  theme: '主题：{theme}',
  language: {
    en: '语言：English',
    'zh-CN': '语言：简体中文',
  },
};
