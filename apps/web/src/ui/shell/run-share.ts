import type { Run } from '@breakwater/contract/run';

/** How far a run is, 0…1; null while its total is unknown. An empty source is done as soon as it is counted. */
export function runShare(run: Pick<Run, 'progress'>): number | null {
  const { progress } = run;
  if (progress === null || progress.bytesTotal === null) return null;
  if (progress.bytesTotal > 0) return Math.min(1, progress.bytesDone / progress.bytesTotal);
  if (progress.filesTotal !== null && progress.filesTotal > 0) {
    return Math.min(1, progress.filesDone / progress.filesTotal);
  }
  return 1;
}
