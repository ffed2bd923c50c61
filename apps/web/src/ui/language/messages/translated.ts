/** The shape a translation must have: every key of the English catalogue, none missing, none more. */
export type Translated<T> = { readonly [K in keyof T]: T[K] extends string ? string : Translated<T[K]> };
