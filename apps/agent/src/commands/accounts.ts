import { readFileSync } from 'node:fs';

export interface Account {
  name: string;
  uid: number;
  gid: number;
  home: string;
}

/** The account of this name in passwd(5); null when there is none. */
export function findAccount(name: string, passwdFile = '/etc/passwd'): Account | null {
  return accounts(passwdFile).find((one) => one.name === name) ?? null;
}

/** The account this process runs as; with a number for its name where nobody is called so. */
export function ownAccount(passwdFile = '/etc/passwd'): Account {
  const uid = process.getuid?.() ?? 0;
  const gid = process.getgid?.() ?? 0;
  return accounts(passwdFile).find((one) => one.uid === uid) ?? { name: String(uid), uid, gid, home: '/' };
}

function accounts(passwdFile: string): Account[] {
  let text: string;
  try {
    text = readFileSync(passwdFile, 'utf8');
  } catch {
    // A container without the file: nobody has a name there.
    return [];
  }
  return text.split('\n').flatMap((line) => {
    const [name = '', , uid = '', gid = '', , home = ''] = line.split(':');
    if (name === '' || !/^\d+$/.test(uid) || !/^\d+$/.test(gid)) return [];
    return [{ name, uid: Number(uid), gid: Number(gid), home: home === '' ? '/' : home }];
  });
}
