import type { Role } from '@breakwater/contract/resources';
import type { z } from 'zod';
import type { Identity } from '../auth/identity.ts';
import type { Center } from '../center.ts';

/** Who may call: a role and those above it, everybody, or who carries a join token in the body. */
export type Access = Role | 'public' | 'join-token';
export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE';

type Parsed<S> = S extends z.ZodType ? z.output<S> : undefined;

export interface RouteContext<A extends Access, P, Q, B> {
  params: Parsed<P>;
  query: Parsed<Q>;
  body: Parsed<B>;
  identity: A extends 'public' | 'join-token' ? null : Identity;
  center: Center;
  /** For its headers and its signal; the body has been read. */
  request: Request;
}

interface RouteFacts<A extends Access, P, Q, B> {
  method: Method;
  /** Below /api/v1, with `{name}` for parameters: `/tasks/{id}`. */
  path: string;
  /** Heading in the API's documentation. */
  tag: string;
  summary: string;
  role: A;
  params?: P;
  query?: Q;
  body?: B;
  /** 200 unless said otherwise; 204 for an answer of `nothing`. */
  status?: number;
  /** Sees the body before it is parsed; throws a Failure. */
  judgeFirst?(body: unknown): void;
  /** May be called by a user who has not yet replaced a one-time password. */
  beforePasswordChange?: boolean;
}

/** What a route answers: a schema (the value is parsed by it, so that no other field gets out), nothing, or bytes. */
export type Answer = z.ZodType | 'nothing' | 'stream';
type Answered<O> = O extends z.ZodType ? z.input<O> : O extends 'stream' ? Response : undefined;

/** One route as the router and the OpenAPI document see it. */
export interface Route extends RouteFacts<Access, z.ZodType, z.ZodType, z.ZodType> {
  answer: Answer;
  handle(context: {
    params: unknown;
    query: unknown;
    body: unknown;
    identity: Identity | null;
    center: Center;
    request: Request;
  }): Promise<unknown>;
}

/** Declares a route; the handler's arguments and result follow from the schemas. */
export function defineRoute<
  A extends Access,
  O extends Answer,
  P extends z.ZodType | undefined = undefined,
  Q extends z.ZodType | undefined = undefined,
  B extends z.ZodType | undefined = undefined,
>(
  route: RouteFacts<A, P, Q, B> & {
    answer: O;
    handle(context: RouteContext<A, P, Q, B>): Promise<O extends 'nothing' ? void : Answered<O>>;
  },
): Route {
  // The router hands each handler what its own schemas parsed, which is what its narrower type says.
  return route as unknown as Route;
}
