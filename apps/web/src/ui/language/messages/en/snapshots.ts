export const snapshots = {
  title: 'Snapshots',
} as const;
