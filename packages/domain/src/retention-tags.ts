/** Whether a snapshot has all `wanted` tags; an empty name among them stands for "no tags at all". */
export function hasTags(tags: readonly string[], wanted: readonly string[]): boolean {
  for (const tag of wanted) {
    if (tag === '' && tags.length === 0) return true;
    if (!tags.includes(tag)) return false;
  }
  return true;
}

/** `a,b` as a list of tags, blanks around each left out. */
export function splitTagList(text: string): string[] {
  return text.split(',').map((tag) => tag.trim());
}
