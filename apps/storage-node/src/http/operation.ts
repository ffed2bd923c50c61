import type { Verb } from '@breakwater/contract/storage-token';
import { Failure } from '@breakwater/domain/failure';
import type { StoredKind } from '../store/repository-store.ts';
import type { Route } from './route.ts';

export type RepositoryRoute = Extract<Route, { kind: 'repository' | 'list' | 'file' }>;

const methods = {
  repository: ['POST', 'DELETE'],
  list: ['GET'],
  file: ['HEAD', 'GET', 'POST', 'DELETE'],
} as const;

const writeVerbs: Record<StoredKind, Verb> = {
  data: 'append',
  index: 'append',
  snapshots: 'append',
  locks: 'lock',
  keys: 'create',
  config: 'create',
};

/** Methods that a repository route answers, for the `Allow` header. */
export function allowedMethods(route: RepositoryRoute): readonly string[] {
  return methods[route.kind];
}

/** Verbs of which a token needs one for this request. Throws `method-not-allowed`. */
export function verbsFor(method: string, route: RepositoryRoute): readonly Verb[] {
  if (!allowedMethods(route).includes(method)) {
    throw new Failure('method-not-allowed', `${method} is not answered here.`);
  }
  if (route.kind === 'repository') {
    if (method === 'DELETE') {
      throw new Failure('forbidden', 'A repository as a whole is never deleted over the network.');
    }
    // Whoever may add to it may ask for it again; the handler refuses to make it for them.
    return ['create', 'append'];
  }
  if (method === 'GET' || method === 'HEAD' || route.kind === 'list') return ['read'];
  const { kind } = route.file;
  if (method === 'DELETE') return [kind === 'locks' ? 'lock' : 'delete'];
  return [writeVerbs[kind]];
}
