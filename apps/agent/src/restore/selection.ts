/** Which entries of a snapshot are meant: all of a folder, these of its entries, or those that a filter takes. */
export type Selection = 'all' | Map<string, Selection> | SelectionFilter;

export interface SelectionFilter {
  /**
   * Judges an entry by its path in the snapshot (raw, absolute). `taken`: it is restored itself. `below`: something
   * in this folder may be taken.
   */
  judge(path: string): { taken: boolean; below: boolean };
}

/** What becomes of an entry, and of what lies in it (null: none of that). */
export function judge(
  selection: Selection,
  path: string,
  name: string,
): { taken: boolean; below: Selection | null } {
  if (selection === 'all') return { taken: true, below: selection };
  if (selection instanceof Map) {
    const below = selection.get(name) ?? null;
    return { taken: below !== null, below };
  }
  const { taken, below } = selection.judge(path);
  return { taken, below: below ? selection : null };
}
