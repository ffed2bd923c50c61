import { readFileSync } from 'node:fs';

/** User and group names by number, read once from the system's files; '' where there is no name. */
export interface AccountNames {
  user(uid: number): string;
  group(gid: number): string;
}

export function readAccountNames(passwdFile = '/etc/passwd', groupFile = '/etc/group'): AccountNames {
  const users = readNames(passwdFile);
  const groups = readNames(groupFile);
  return { user: (uid) => users.get(uid) ?? '', group: (gid) => groups.get(gid) ?? '' };
}

/** Lines of passwd(5) and group(5) alike: name, password, number. The first line with a number wins. */
function readNames(file: string): Map<number, string> {
  const names = new Map<number, string>();
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    // A container without the file: nobody has a name there.
    return names;
  }
  for (const line of text.split('\n')) {
    const [name, , number] = line.split(':');
    if (name === undefined || name === '' || name.startsWith('#') || !/^\d+$/.test(number ?? '')) continue;
    const id = Number(number);
    if (!names.has(id)) names.set(id, name);
  }
  return names;
}
