import { browseAnswer, previewAnswer } from '@breakwater/contract/agent-messages';
import { queryOptions } from '@tanstack/react-query';
import { apiGet, apiSend } from '../api/client.ts';
import type { FolderContents, FolderQuery } from '../file-tree/use-folders.ts';

/** How one folder of a server is read, live, through its agent. */
export function sourceFolderQuery(agentId: string): (path: string) => FolderQuery {
  return (path) => ({
    queryKey: ['source-files', agentId, path],
    queryFn: async ({ signal }): Promise<FolderContents> => {
      const answer = await apiGet(`/agents/${encodeURIComponent(agentId)}/files`, browseAnswer, {
        query: { path },
        signal,
      });
      return {
        truncated: answer.truncated,
        entries: answer.entries.map((entry) => ({ ...entry, linkTarget: null })),
      };
    },
    // A form is open for minutes: what was read a moment ago need not be read again when a folder is reopened.
    staleTime: 60_000,
  });
}

/** How much a backup of these paths would take now, counted by the agent. */
export const previewQuery = (agentId: string, paths: readonly string[], excludes: readonly string[]) =>
  queryOptions({
    queryKey: ['source-preview', agentId, paths, excludes] as const,
    queryFn: () =>
      apiSend('POST', `/agents/${encodeURIComponent(agentId)}/preview`, { paths, excludes }, previewAnswer),
    staleTime: 60_000,
    retry: false,
  });
