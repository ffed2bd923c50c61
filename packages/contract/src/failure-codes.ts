import { failureCodes } from '@breakwater/domain/failure';
import { z } from 'zod';

export const failureCode = z.enum(failureCodes);
export type { FailureCode } from '@breakwater/domain/failure';

/** One refused field: which, what was given, what was expected. */
export const fieldError = z.object({ field: z.string(), given: z.string(), expected: z.string() });
export type FieldError = z.infer<typeof fieldError>;

/** RFC 9457 problem details, `application/problem+json`. */
export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.number().int(),
  detail: z.string().optional(),
  code: failureCode,
  errors: z.array(fieldError).optional(),
});
export type Problem = z.infer<typeof problem>;

/** A failure as it travels in messages and is stored with a run. */
export const failureMessage = z.object({
  code: failureCode,
  message: z.string().max(4000),
  retryable: z.boolean(),
});
export type FailureMessage = z.infer<typeof failureMessage>;
