/** The master key of a repository, or the key derived from a password. */
export interface RepositoryKey {
  /** AES-256-CTR. */
  readonly encrypt: Buffer;
  /** AES-128 key that turns the nonce into Poly1305's one-time pad. */
  readonly macK: Buffer;
  readonly macR: Buffer;
}
