import { z } from 'zod';

/** How much unused data a prune may leave: of the repository afterwards, or bytes. */
export const maxUnused = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('unlimited') }),
  z.object({ kind: z.literal('bytes'), bytes: z.number().int().nonnegative() }),
  z.object({ kind: z.literal('percent'), percent: z.number().min(0).lt(100) }),
]);
export type MaxUnused = z.infer<typeof maxUnused>;
/** restic's own. */
export const DEFAULT_MAX_UNUSED: MaxUnused = { kind: 'percent', percent: 5 };
