import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** `admin.json` in the data folder (0600): how to get in after the first start. */
export const adminFile = z.object({
  email: z.string(),
  /** One-time: to be replaced at the next sign-in; null from the first start after that on. */
  password: z.string().nullable(),
  apiToken: z.string(),
});
export type AdminFile = z.infer<typeof adminFile>;

export const adminFilePath = (dataFolder: string) => join(dataFolder, 'admin.json');

/** Null when it is not there or not what we write. */
export function readAdminFile(path: string): AdminFile | null {
  try {
    return adminFile.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return null;
  }
}

export function writeAdminFile(path: string, admin: AdminFile): void {
  writeFileSync(path, `${JSON.stringify(admin, null, 2)}\n`, { mode: 0o600, flush: true });
}

/** The old file stays whole until the new one is. */
export function replaceAdminFile(path: string, admin: AdminFile): void {
  const replacement = `${path}.replacement`;
  writeAdminFile(replacement, admin);
  renameSync(replacement, path);
}
