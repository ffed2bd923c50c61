import { joinPath } from './paths.ts';
import type { Folder } from './visible-rows.ts';

/** Folders that are all there is in the folder they lie in: to be opened with it, since nobody wants less. */
export function onlyFolders(folders: ReadonlyMap<string, Folder>): string[] {
  return [...folders].flatMap(([path, folder]) => {
    if (folder.state !== 'loaded' || folder.truncated || folder.entries.length !== 1) return [];
    const [only] = folder.entries;
    return only?.type === 'dir' && only.readable ? [joinPath(path, only.name)] : [];
  });
}
