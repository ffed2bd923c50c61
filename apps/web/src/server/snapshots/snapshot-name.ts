/** As restic shows it: the first eight digits tell snapshots apart for people. */
export function nameOfSnapshot(id: string): string {
  return id.slice(0, 8);
}
