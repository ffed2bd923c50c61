/** Null where the package has no binary for this platform. */
const koffi = await import('koffi').then(
  (module) => module.default,
  () => null,
);

/** A C function; memory is passed as a view of it, a handle as it came. */
export type LinkedFunction = (...values: unknown[]) => unknown;

/**
 * Functions of the libraries that are linked into the running Node (OpenSSL, zstd), by their C declarations. Called
 * like this they work in memory at hand, where Node's own functions take new memory for each piece and copy, which
 * costs as much again as the work. Null where one is missing: a Node may be linked otherwise, and then `node:crypto`
 * and `node:zlib` have to do. Whoever calls these must check all lengths first: nothing else does.
 */
export function linkedFunctions<Name extends string>(
  declarations: Record<Name, string>,
): Record<Name, LinkedFunction> | null {
  if (koffi === null) return null;
  try {
    const program = koffi.load(null);
    const found = Object.entries<string>(declarations).map(([name, declaration]) => [
      name,
      program.func(declaration),
    ]);
    return Object.fromEntries(found) as Record<Name, LinkedFunction>;
  } catch {
    return null;
  }
}
