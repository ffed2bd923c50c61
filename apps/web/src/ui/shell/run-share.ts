import type { Run } from '@breakwater/contract/run';
import { completion } from '../runs/run-figures.ts';

/** How far a run is, 0…1; null while that would be a guess: its total unknown, or outgrown by its source. */
export function runShare(run: Pick<Run, 'kind' | 'state' | 'progress'>): number | null {
  const share = completion(run);
  return share.known ? share.fraction : null;
}
