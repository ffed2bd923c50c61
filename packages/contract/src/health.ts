import { z } from 'zod';

export const healthAnswer = z.object({
  status: z.enum(['ok', 'degraded', 'failing']),
  checks: z.record(z.string(), z.string()),
});
export type HealthAnswer = z.infer<typeof healthAnswer>;
