import {
  type PublicKey,
  type StorageTokenClaims,
  storageTokenClaims,
  TOKEN_LEEWAY_SECONDS,
} from '@breakwater/contract/storage-token';
import { Failure } from '@breakwater/domain/failure';
import { compactVerify, decodeProtectedHeader, importJWK } from 'jose';

/** Tokens whose signature was checked: an agent sends one with each of thousands of requests. */
const REMEMBERED_TOKENS = 1000;

export interface TokenVerifierOptions {
  nodeId: string;
  keys: readonly PublicKey[];
  isRevoked: (jti: string) => boolean;
  /** Milliseconds since 1970. */
  now?: () => number;
}

/** Checks storage tokens offline, against the keys pinned at enrolment. */
export class TokenVerifier {
  readonly #nodeId: string;
  readonly #isRevoked: (jti: string) => boolean;
  readonly #now: () => number;
  readonly #keys = new Map<string, PublicKey>();
  readonly #verified = new Map<string, StorageTokenClaims>();

  constructor(options: TokenVerifierOptions) {
    this.#nodeId = options.nodeId;
    this.#isRevoked = options.isRevoked;
    this.#now = options.now ?? Date.now;
    this.trust(options.keys);
  }

  /** Only these keys from now on. */
  trust(keys: readonly PublicKey[]): void {
    this.#keys.clear();
    this.#verified.clear();
    for (const key of keys) this.#keys.set(key.kid, key);
  }

  /** Throws `token-invalid`, `token-expired` or `token-revoked`. */
  async verify(token: string): Promise<StorageTokenClaims> {
    const claims = this.#verified.get(token) ?? (await this.#checkSignature(token));
    const now = this.#now() / 1000;
    if (claims.exp + TOKEN_LEEWAY_SECONDS <= now) {
      throw new Failure(
        'token-expired',
        `The token expired at ${new Date(claims.exp * 1000).toISOString()}.`,
      );
    }
    if (claims.iat - TOKEN_LEEWAY_SECONDS > now) {
      throw new Failure(
        'token-invalid',
        `The token is from the future (${new Date(claims.iat * 1000).toISOString()}); compare the clocks.`,
      );
    }
    if (this.#isRevoked(claims.jti)) throw new Failure('token-revoked', 'The token was revoked.');
    return claims;
  }

  async #checkSignature(token: string): Promise<StorageTokenClaims> {
    const claims = await this.#parse(token);
    if (claims.aud !== this.#nodeId) {
      throw new Failure('token-invalid', 'The token is for another storage node.');
    }
    if (this.#verified.size >= REMEMBERED_TOKENS) {
      const [oldest] = this.#verified.keys();
      if (oldest !== undefined) this.#verified.delete(oldest);
    }
    this.#verified.set(token, claims);
    return claims;
  }

  async #parse(token: string): Promise<StorageTokenClaims> {
    try {
      const { kid } = decodeProtectedHeader(token);
      const key = kid === undefined ? undefined : this.#keys.get(kid);
      if (key === undefined) throw new Error(`no key "${kid}"`);
      const { payload } = await compactVerify(token, await importJWK(key, 'EdDSA'), {
        algorithms: ['EdDSA'],
      });
      return storageTokenClaims.parse(JSON.parse(new TextDecoder().decode(payload)));
    } catch (error) {
      throw new Failure(
        'token-invalid',
        'The token was not signed for this storage node, or is not a token.',
        {
          cause: error,
        },
      );
    }
  }
}
