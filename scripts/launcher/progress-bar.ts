import type { RunProgress } from '@breakwater/contract/run';
import { bytes, duration } from './sizes.ts';

const BAR_CELLS = 24;

/** One line: bar, bytes, files, speed, time left, node. Unknown totals are not guessed. */
export function progressLine(progress: RunProgress, columns: number): string {
  const { bytesDone, bytesTotal, filesDone, filesTotal, bytesPerSecond, etaSeconds, nodeName } = progress;
  const share = bytesTotal === null ? null : bytesTotal === 0 ? 1 : Math.min(1, bytesDone / bytesTotal);
  const filled = Math.round((share ?? 0) * BAR_CELLS);
  const bar = share === null ? '·'.repeat(BAR_CELLS) : '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
  const parts = [
    share === null ? 'counting' : `${Math.floor(share * 100)} %`,
    bytesTotal === null ? bytes(bytesDone) : `${bytes(bytesDone)} of ${bytes(bytesTotal)}`,
    filesTotal === null ? `${filesDone} files` : `${filesDone} of ${filesTotal} files`,
    `${bytes(bytesPerSecond)}/s`,
    etaSeconds === null || share === 1 ? null : `${duration(etaSeconds)} left`,
    nodeName === null ? null : `→ ${nodeName}`,
    progress.note,
  ];
  const line = `${bar}  ${parts.filter((part) => part !== null).join('  ')}`;
  return line.length > columns ? `${line.slice(0, columns - 1)}…` : line;
}
