import { Failure } from '@breakwater/domain/failure';
import { readTextFile } from './text-file.ts';

/** The password that a key is to get. Throws `invalid-request` when there is none. */
export async function readNewPassword(file: string | undefined): Promise<string> {
  if (file === undefined) {
    throw new Failure(
      'invalid-request',
      '--new-password-file is missing: expected a file with the new password',
    );
  }
  const password = (await readTextFile('--new-password-file', file)).trim();
  if (password !== '') return password;
  throw new Failure('invalid-request', `--new-password-file is "${file}": the password there is empty`);
}
