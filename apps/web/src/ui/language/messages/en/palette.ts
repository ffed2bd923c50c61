export const palette = {
  open: 'Search or run a command',
} as const;
