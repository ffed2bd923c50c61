export const palette = {
  title: 'Search and commands',
  placeholder: 'Go to a server, run a task, restore…',
  nothing: 'Nothing fits “{search}”.',
  hint: 'to move, Enter to choose, Esc to close',
  group: {
    running: 'Running now',
    servers: 'Servers',
    restore: 'Restore',
    tasks: 'Tasks',
    nodes: 'Storage nodes',
    pages: 'Pages',
    actions: 'Actions',
  },
  restoreFrom: 'Restore from {server}',
  runTask: 'Run {task}',
  openTask: 'Open {task}',
  newTask: 'New task',

  addServer: 'Add a server',
  apiDocs: 'API documentation',
  theme: 'Theme: {theme}',
  language: {
    en: 'Language: English',
    'zh-CN': 'Language: 简体中文',
  },
} as const;
