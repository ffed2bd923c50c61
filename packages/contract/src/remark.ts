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

/** What a sentence says that stands beside it, in a field of its own: a remark without its text. */
export type RemarkSense = Omit<Remark, 'text'>;

/** The remark that a sentence and its sense make; null without a sense: the sentence speaks for itself. */
export function withSense(text: string, sense: RemarkSense | null | undefined): Remark | null {
  return sense === null || sense === undefined ? null : { text, ...sense };
}

export const remark: z.ZodType<Remark> = z
  .object({
    text: z.string(),
    kind: z.string(),
    get values(): z.ZodType<Remark['values']> {
      return remarkValues();
    },
  })
  .meta({ id: 'Remark' });

export const remarkSense: z.ZodType<RemarkSense> = z
  .object({
    kind: z.string(),
    get values(): z.ZodType<Remark['values']> {
      return remarkValues();
    },
  })
  .meta({ id: 'RemarkSense' });

function remarkValues(): z.ZodType<Remark['values']> {
  return z.record(
    z.string(),
    z.union([z.string(), z.number(), z.boolean(), z.null(), z.array(z.string()), remark, z.array(remark)]),
  );
}
