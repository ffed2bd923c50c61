/** Absolute POSIX paths as the tree uses them: no trailing slash, the root is `/`. */
export function joinPath(folder: string, name: string): string {
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

export function parentOf(path: string): string | null {
  if (path === '/') return null;
  const cut = path.lastIndexOf('/');
  return cut <= 0 ? '/' : path.slice(0, cut);
}

export function nameOf(path: string): string {
  return path === '/' ? '/' : path.slice(path.lastIndexOf('/') + 1);
}

/** True for the path itself too. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || (folder === '/' ? path.startsWith('/') : path.startsWith(`${folder}/`));
}

export function isBelow(path: string, folder: string): boolean {
  return path !== folder && isWithin(path, folder);
}

/** `/a/b/c` → `['/', '/a', '/a/b', '/a/b/c']`. */
export function lineage(path: string): string[] {
  const chain: string[] = [];
  for (let at: string | null = path; at !== null; at = parentOf(at)) chain.unshift(at);
  return chain;
}

/** What somebody typed as a path: doubled and trailing slashes removed; null when it is not absolute. */
export function tidyPath(typed: string): string | null {
  const trimmed = typed.trim();
  if (!trimmed.startsWith('/')) return null;
  const tidy = trimmed.replace(/\/+/g, '/').replace(/\/$/, '');
  return tidy === '' ? '/' : tidy;
}

/** A name with its control characters drawn (`a␊b`): a line break in a name must not look like a space. */
export function visibleName(name: string): string {
  return Array.from(name, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : code === 0x7f ? '\u2421' : character;
  }).join('');
}
