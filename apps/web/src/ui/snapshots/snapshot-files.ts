import { snapshot, snapshotFiles } from '@breakwater/contract/resources';
import { queryOptions } from '@tanstack/react-query';
import { apiGet, apiPath } from '../api/client.ts';
import type { FolderContents, FolderQuery } from '../file-tree/use-folders.ts';

export const snapshotQuery = (id: string) =>
  queryOptions({
    queryKey: ['snapshots', 'one', id] as const,
    queryFn: ({ signal }) => apiGet(`/snapshots/${encodeURIComponent(id)}`, snapshot, { signal }),
  });

/** How one folder of a snapshot is read. A snapshot never changes, so neither does what was read. */
export function snapshotFolderQuery(snapshotId: string): (path: string) => FolderQuery {
  return (path) => ({
    queryKey: ['snapshot-files', snapshotId, path],
    queryFn: async ({ signal }): Promise<FolderContents> => {
      const answer = await apiGet(`/snapshots/${encodeURIComponent(snapshotId)}/files`, snapshotFiles, {
        query: { path },
        signal,
      });
      return {
        truncated: false,
        entries: answer.entries.map(({ name, type, size, mtime, linkTarget }) => ({
          name,
          type: type === 'file' || type === 'dir' || type === 'symlink' ? type : 'other',
          size,
          mtime,
          readable: true,
          linkTarget,
        })),
      };
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Where the browser gets one file of a snapshot from. */
export function downloadHref(snapshotId: string, path: string): string {
  return apiPath(`/snapshots/${encodeURIComponent(snapshotId)}/download`, { path });
}
