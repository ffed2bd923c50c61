export interface RepositoryConfig {
  version: 1 | 2;
  /** 64 hex digits, random. */
  id: string;
  /** Irreducible over GF(2), degree 53. */
  chunkerPolynomial: bigint;
}
