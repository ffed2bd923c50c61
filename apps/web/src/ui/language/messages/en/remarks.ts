import { english } from '../../../../remarks/english.ts';

/** The server's own sentences: what it answers in English is what English readers see. */
export const remarks = { ...english, separator: ', ', longSeparator: '; ' } as const;
