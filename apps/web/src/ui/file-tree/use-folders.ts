'use client';

import { type QueryKey, type UseQueryOptions, useQueries, useQueryClient } from '@tanstack/react-query';
import { useCallback, useMemo } from 'react';
import { useProblemText } from '../primitives/problem-text.ts';
import type { ChildrenOf } from './selection.ts';
import type { Folder, TreeEntry } from './visible-rows.ts';

export interface FolderContents {
  entries: TreeEntry[];
  truncated: boolean;
}
export type FolderQuery = UseQueryOptions<FolderContents, Error, FolderContents, QueryKey>;

/** Reads the open folders, each once, and keeps them. `folderQuery` says how one is read. */
export function useFolders(folderQuery: (path: string) => FolderQuery, expanded: ReadonlySet<string>) {
  const client = useQueryClient();
  const problemText = useProblemText();
  const paths = useMemo(() => [...expanded], [expanded]);
  const results = useQueries({ queries: paths.map(folderQuery) });

  const folders = new Map<string, Folder>();
  for (const [index, path] of paths.entries()) {
    const result = results[index];
    if (result?.data !== undefined) folders.set(path, { state: 'loaded', ...result.data });
    else if (result?.isError === true)
      folders.set(path, { state: 'failed', message: problemText(result.error) });
    else folders.set(path, { state: 'loading' });
  }

  const childrenOf: ChildrenOf = useCallback(
    (path) => {
      const known = client.getQueryData<FolderContents>(folderQuery(path).queryKey);
      return known === undefined || known.truncated ? null : known.entries.map((entry) => entry.name);
    },
    [client, folderQuery],
  );
  const retry = useCallback(
    (path: string) => void client.refetchQueries({ queryKey: folderQuery(path).queryKey, exact: true }),
    [client, folderQuery],
  );
  return { folders, childrenOf, retry };
}
