import { repositoryId } from '@breakwater/contract/ids';
import { type FileKind, fileKind } from '@breakwater/contract/storage-api';
import { isStoredName, reservedRepositoryNames } from '../store/repository-layout.ts';
import type { FileAddress } from '../store/repository-store.ts';

export type Route =
  | { kind: 'probe' }
  | { kind: 'healthz' }
  | { kind: 'metrics' }
  /** `create` is null when the query has no `create` at all. */
  | { kind: 'repository'; repository: string; create: string | null }
  | { kind: 'list'; repository: string; fileKind: FileKind }
  | { kind: 'file'; file: FileAddress }
  | { kind: 'bad-name'; detail: string }
  | { kind: 'unknown' };

/**
 * What a request's target means. It is taken as it was sent: nothing is decoded or normalised, since no valid
 * name needs it, and everything that could lead out of the store does.
 */
export function parseRoute(target: string): Route {
  const [path = '', query = ''] = target.split('?', 2);
  if (!path.startsWith('/')) return { kind: 'unknown' };
  const segments = path.slice(1).split('/');
  const strange = segments.find((segment) => /^\.{1,2}$|[%\\\0]/.test(segment));
  if (strange !== undefined) return badName('a path segment', strange, 'a plain name');
  const [first = '', second, third, ...more] = segments;
  if (second === undefined) {
    if (first === 'probe' || first === 'healthz' || first === 'metrics') return { kind: first };
    return { kind: 'unknown' };
  }
  if (more.length > 0) return { kind: 'unknown' };
  if (!repositoryId.safeParse(first).success || reservedRepositoryNames.has(first)) {
    return badName('the repository', first, '1-64 letters, digits, "-" or "_", and no name of a node\'s own');
  }
  if (third === undefined) return repositoryRoute(first, second, query);
  const kind = fileKind.safeParse(second);
  if (!kind.success) return { kind: 'unknown' };
  if (third === '') return { kind: 'list', repository: first, fileKind: kind.data };
  if (!isStoredName(kind.data, third)) return badName('the file', third, '64 lower-case hex digits');
  return { kind: 'file', file: { repository: first, kind: kind.data, name: third } };
}

function repositoryRoute(repository: string, rest: string, query: string): Route {
  if (rest === '') {
    return { kind: 'repository', repository, create: new URLSearchParams(query).get('create') };
  }
  if (rest === 'config') return { kind: 'file', file: { repository, kind: 'config', name: 'config' } };
  return { kind: 'unknown' };
}

function badName(what: string, given: string, expected: string): Route {
  return { kind: 'bad-name', detail: `${what} is "${given.slice(0, 100)}": expected ${expected}.` };
}
