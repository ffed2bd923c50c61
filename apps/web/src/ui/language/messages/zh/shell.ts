import type { shell as en } from '../en/shell.ts';
import type { Translated } from '../translated.ts';

export const shell: Translated<typeof en> = {
  skip: '跳到页面内容',
  navigation: '主导航',
  storage: '存储',
  search: '搜索或执行命令',
  pages: {
    overview: '总览',
    servers: '服务器',
    tasks: '任务',
    runs: '运行',
    snapshots: '快照',
    nodes: '节点',
    repositories: '存储库',
    network: '网络',
    settings: '设置',
  },
  running: {
    label: '正在进行',
    none: '无运行',
    count: '{count} 个运行中',
    waiting: '{count} 个等待中',
    nothing: '没有正在运行或等待的内容。',
    left: '还需 {duration}',
    all: '所有运行',
  },
  live: {
    connecting: '实时更新尚未连接；数据每 10 秒获取一次。',
    reconnecting: '实时更新已中断，正在重新连接；在此期间数据每 10 秒获取一次。',
  },
  theme: {
    label: '主题',
    system: '跟随系统',
    light: '浅色',
    dark: '深色',
  },
  language: {
    label: '语言',
  },
  account: {
    open: '账户',
    changePassword: '修改密码',
    apiDocs: 'API 文档',
    signOut: '退出登录',
  },
};
