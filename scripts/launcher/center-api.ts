import { problem } from '@breakwater/contract/failure-codes';
import type { z } from 'zod';

/** The control center's REST API as the launcher uses it: with the first admin's API token. */
export class CenterApi {
  readonly #url: string;
  readonly #token: string;

  constructor(url: string, token: string) {
    this.#url = url;
    this.#token = token;
  }

  get<T extends z.ZodType>(path: string, schema: T): Promise<z.infer<T>> {
    return this.#call('GET', path, undefined, schema);
  }

  post<T extends z.ZodType>(path: string, body: unknown, schema: T): Promise<z.infer<T>> {
    return this.#call('POST', path, body, schema);
  }

  async #call<T extends z.ZodType>(
    method: string,
    path: string,
    body: unknown,
    schema: T,
  ): Promise<z.infer<T>> {
    const response = await fetch(`${this.#url}/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${this.#token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    if (response.ok) return schema.parse(JSON.parse(text));
    const refusal = problem.safeParse(parseOrNull(text));
    const words = refusal.success
      ? [
          refusal.data.detail ?? refusal.data.title,
          ...(refusal.data.errors ?? []).map((e) => `${e.field}: ${e.expected}`),
        ]
      : [`${response.status} ${response.statusText}`];
    throw new Error(`${method} ${path}: ${words.join('; ')}`);
  }
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
