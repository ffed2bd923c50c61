import { type FieldError, type Problem, problem as problemSchema } from '@breakwater/contract/failure-codes';

/** `unreachable`: no answer at all; `unexpected-answer`: one that breaks the contract; else the server's own code. */
export type ApiProblemCode = Problem['code'] | 'unreachable' | 'unexpected-answer';

/** Why a call to the control center failed, in a form that screens can show. */
export class ApiProblem extends Error {
  readonly code: ApiProblemCode;
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  readonly errors: readonly FieldError[];
  /** Seconds to wait, as the answer said. */
  readonly retryAfterSeconds: number | null;

  constructor(
    code: ApiProblemCode,
    message: string,
    details: {
      status?: number;
      errors?: readonly FieldError[];
      retryAfterSeconds?: number | null;
      cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ApiProblem';
    this.code = code;
    this.status = details.status ?? 0;
    this.errors = details.errors ?? [];
    this.retryAfterSeconds = details.retryAfterSeconds ?? null;
  }
}

/** The problem that an answer with an error status carries. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const retryAfter = Number(
    response.headers.get('retry-after') ?? response.headers.get('x-retry-after') ?? Number.NaN,
  );
  const details = {
    status: response.status,
    retryAfterSeconds: Number.isFinite(retryAfter) ? retryAfter : null,
  };
  const body: unknown = await response.json().catch(() => null);
  const parsed = problemSchema.safeParse(body);
  if (!parsed.success) {
    return new ApiProblem(
      'unexpected-answer',
      `HTTP ${response.status} ${response.statusText}`.trim(),
      details,
    );
  }
  const { code, title, detail, errors } = parsed.data;
  return new ApiProblem(code, detail ?? title, { ...details, errors: errors ?? [] });
}

/** The refusal of one field, `notifications.smtp.host` for example; undefined when it was not refused. */
export function fieldError(error: unknown, field: string): FieldError | undefined {
  if (!(error instanceof ApiProblem)) return undefined;
  return error.errors.find((refused) => refused.field === field);
}
