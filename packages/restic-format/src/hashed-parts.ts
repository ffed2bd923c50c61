const names = new WeakMap<readonly Uint8Array[], string>();

/** Says that these parts, which will not change any more, were hashed in this process, and to what. */
export function noteHash(parts: readonly Uint8Array[], sha256: string): void {
  names.set(parts, sha256);
}

/** Whether that was said: a store in the same process need not hash a pack once more, as long as it takes to write. */
export function isHashedAs(parts: readonly Uint8Array[], sha256: string): boolean {
  return names.get(parts) === sha256;
}
