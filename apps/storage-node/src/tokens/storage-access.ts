import type { Verb } from '@breakwater/contract/storage-token';
import { Failure } from '@breakwater/domain/failure';
import type { StorageTokenClaims } from '@breakwater/contract/storage-token';

/** Throws `forbidden` for another repository's token and `verb-not-granted` for a verb it lacks. */
export function assertGranted(claims: StorageTokenClaims, repository: string, anyOf: readonly Verb[]): void {
  if (claims.repository !== undefined && claims.repository !== repository) {
    throw new Failure('forbidden', `The token is for another repository than "${repository}".`);
  }
  if (claims.repository !== undefined && anyOf.some((verb) => claims.verbs.includes(verb))) return;
  throw new Failure('verb-not-granted', `The token does not grant "${anyOf[0]}" on "${repository}".`);
}
