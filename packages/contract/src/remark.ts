import { z } from 'zod';

export type RemarkValue = string | number | boolean | null | string[] | Remark | Remark[];

/**
 * A sentence of the control center for people, and what it says for programs: a console in another language makes
 * its own sentence of `kind` and `values` (see `remark-kinds.ts`), and shows `text` for a kind it does not know. A
 * remark among the values is part of the sentence, such as the reason of what is told. An alias and not an interface:
 * only then is it also a JSON object to what stores it.
 */
export type Remark = {
  /** In English, without a full stop. */
  text: string;
  /** Stable: part of the API. A kind is never renamed, only added. */
  kind: string;
  values: { [name: string]: RemarkValue };
};

export const remark: z.ZodType<Remark> = z
  .object({
    text: z.string(),
    kind: z.string(),
    get values(): z.ZodType<Remark['values']> {
      return z.record(
        z.string(),
        z.union([
          z.string(),
          z.number(),
          z.boolean(),
          z.null(),
          z.array(z.string()),
          remark,
          z.array(remark),
        ]),
      );
    },
  })
  .meta({ id: 'Remark' });
