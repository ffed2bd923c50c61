export const shell = {
  skip: 'Skip to the page',
  navigation: 'Main',
  storage: 'Storage',
  search: 'Search or run a command',
  pages: {
    overview: 'Overview',
    servers: 'Servers',
    tasks: 'Tasks',
    runs: 'Runs',
    snapshots: 'Snapshots',
    nodes: 'Nodes',
    repositories: 'Repositories',
    network: 'Network',
    settings: 'Settings',
  },
  running: {
    label: 'Going on now',
    none: 'Nothing running',
    count: '{count, plural, one {# running} other {# running}}',
    waiting: '{count, plural, one {# waiting} other {# waiting}}',
    nothing: 'Nothing is running or waiting.',
    left: '{duration} left',
    all: 'All runs',
  },
  live: {
    connecting: 'Live updates are not connected yet; figures are fetched every 10 seconds.',
    reconnecting:
      'Live updates are interrupted. Reconnecting; until then figures are fetched every 10 seconds.',
  },
  theme: {
    label: 'Theme',
    system: 'As the system',
    light: 'Light',
    dark: 'Dark',
  },
  language: {
    label: 'Language',
  },
  account: {
    open: 'Account',
    changePassword: 'Change password',
    apiDocs: 'API documentation',
    signOut: 'Sign out',
  },
} as const;
