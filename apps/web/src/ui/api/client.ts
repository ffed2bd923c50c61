import { page } from '@breakwater/contract/resources';
import { z } from 'zod';
import { ApiProblem, problemOf } from './api-problem.ts';

export type Query = Record<string, string | number | boolean | null | undefined>;

/** `/agents` with a query as the address to fetch; what is null, undefined or '' is left out. */
export function apiPath(path: string, query: Query = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== '') parameters.set(name, String(value));
  }
  const search = parameters.toString();
  return `/api/v1${path}${search === '' ? '' : `?${search}`}`;
}

async function request(url: string, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { ...init, credentials: 'same-origin', cache: 'no-store' });
  } catch (cause) {
    // A query that is cancelled is not a failure: react-query knows what to do with an AbortError.
    if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
    throw new ApiProblem('unreachable', 'no answer', { cause });
  }
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function parsed<S extends z.ZodType>(response: Response, schema: S): Promise<z.output<S>> {
  const body: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  const result = schema.safeParse(body);
  if (result.success) return result.data;
  throw new ApiProblem('unexpected-answer', z.prettifyError(result.error), {
    status: response.status,
    cause: result.error,
  });
}

/** GET below `/api/v1`, parsed by the contract's schema. Throws `ApiProblem`. */
export async function apiGet<S extends z.ZodType>(
  path: string,
  schema: S,
  options: { query?: Query; signal?: AbortSignal } = {},
): Promise<z.output<S>> {
  const { query, signal } = options;
  const response = await request(apiPath(path, query), {
    headers: { accept: 'application/json' },
    ...(signal === undefined ? {} : { signal }),
  });
  return parsed(response, schema);
}

/** For answers without a body. */
export const nothing = z.unknown();

/** POST, PATCH, PUT or DELETE below `/api/v1`; `body` undefined sends none. Throws `ApiProblem`. */
export async function apiSend<S extends z.ZodType>(
  method: 'POST' | 'PATCH' | 'PUT' | 'DELETE',
  path: string,
  body: unknown,
  schema: S,
): Promise<z.output<S>> {
  const response = await request(apiPath(path), {
    method,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return parsed(response, schema);
}

/** One page of a list: `{items, nextCursor}`. */
export function apiPage<S extends z.ZodType>(
  path: string,
  item: S,
  options: { query?: Query; signal?: AbortSignal } = {},
) {
  return apiGet(path, page(item), options);
}

/** More than this is not for one table: such lists page (`useInfiniteQuery` with `apiPage`). */
const MOST_ITEMS = 2000;

/** Every item of a list that is small by nature (servers, nodes, tasks): pages are followed to the end. */
export async function apiAll<S extends z.ZodType>(
  path: string,
  item: S,
  options: { query?: Query; signal?: AbortSignal } = {},
): Promise<z.output<S>[]> {
  const items: z.output<S>[] = [];
  let cursor: string | null = null;
  do {
    const next: { items: z.output<S>[]; nextCursor: string | null } = await apiPage(path, item, {
      ...options,
      query: { ...options.query, limit: 200, cursor },
    });
    items.push(...next.items);
    cursor = next.nextCursor;
  } while (cursor !== null && items.length < MOST_ITEMS);
  return items;
}
