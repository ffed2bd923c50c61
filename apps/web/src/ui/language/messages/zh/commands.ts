import type { commands as en } from '../en/commands.ts';
import type { Translated } from '../translated.ts';

export const commands: Translated<typeof en> = {
  kind: {
    postgresql: 'PostgreSQL',
    mysql: 'MySQL / MariaDB',
    sqlite: 'SQLite',
    command: '命令',
  },
  form: {
    title: '数据库、命令和钩子',
    hint: '来自服务器自己保存的清单，这里只有名称。',
    none: '{server} 不允许任何命令。其代理可用 --allow-commands FILE 指定清单。',
    offline: '服务器已离线。以下是它在{when}允许的内容。',
    problem: '{server} 的清单目前无效，这些命令会失败：{problem}',
    sources: '同时备份',
    sourcesHint: '每个命令的输出各成一个快照，在读取文件之前生成。',
    before: '备份前运行',
    beforeHint: '在读取任何内容之前依次运行。',
    after: '备份后运行',
    afterHint: '无论备份结果如何，取消时也会运行。',
    add: '添加…',
    addTo: '添加到“{group}”',
    remove: '移除 {name}',
    becomes: '存为 {file}',
    atMost: '最长 {duration}',
    gone: '服务器已不再允许此项。',
    pattern: '须符合 {pattern}',
    ifFails: '失败时',
    stop: '不备份',
    goOn: '仍然备份',
  },
  server: {
    title: '它允许的命令',
    hook: '钩子',
    told: '来自它自己的清单，更新于',
  },
  summary: {
    take: '备份 {server} 上 {commands} 的输出',
    before: '之前运行 {hooks}',
    after: '之后运行 {hooks}，无论结果如何',
  },
  run: {
    title: '命令和钩子',
    label: '命令和钩子的结果',
    role: {
      source: '备份来源',
      before: '之前',
      after: '之后',
    },
    outcome: {
      succeeded: '完成',
      failed: '失败',
      timedOut: '超时',
      notAllowed: '不允许',
      cancelled: '已取消',
      skipped: '未运行',
    },
    output: '它的输出',
    outputCut: '输出的末尾',
    exit: '退出码 {code}',
  },
};
