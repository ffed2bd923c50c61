import { linkedKeyCipher } from './linked-key-cipher.ts';
import { PlainKeyCipher } from './plain-key-cipher.ts';

/** The master key of a repository, or the key derived from a password. */
export interface RepositoryKey {
  /** AES-256-CTR. */
  readonly encrypt: Buffer;
  /** AES-128 key that turns the nonce into Poly1305's one-time pad. */
  readonly macK: Buffer;
  /** Poly1305's multiplier. */
  readonly macR: Buffer;
}

/** What is done under one key. Nonces have 16 bytes, codes (MACs) too. */
export interface KeyCipher {
  /** Both directions of AES-256-CTR. `output` is as long as `input`; they are the same bytes or do not overlap. */
  crypt(nonce: Uint8Array, input: Uint8Array, output: Uint8Array): void;
  /** Poly1305-AES of a ciphertext, into `code`. */
  authenticate(nonce: Uint8Array, ciphertext: Uint8Array, code: Uint8Array): void;
}

const ciphers = new WeakMap<RepositoryKey, KeyCipher>();

export function cipherOf(key: RepositoryKey): KeyCipher {
  let cipher = ciphers.get(key);
  if (cipher === undefined) {
    cipher = trustedLinkedCipher(key) ?? new PlainKeyCipher(key);
    ciphers.set(key, cipher);
  }
  return cipher;
}

const SAMPLE = Buffer.alloc(1000, 'a sample');
/** Its counter runs over in the last block but a few. */
const SAMPLE_NONCE = Buffer.from('00ffffffffffffffffffffffffffffc5', 'hex');

/** The faster one, when it does what the plain one does. */
function trustedLinkedCipher(key: RepositoryKey): KeyCipher | null {
  const linked = linkedKeyCipher(key);
  return linked !== null && sampleOf(linked).equals(sampleOf(new PlainKeyCipher(key))) ? linked : null;
}

function sampleOf(cipher: KeyCipher): Buffer {
  const out = Buffer.alloc(SAMPLE.length + 16);
  const ciphertext = out.subarray(0, SAMPLE.length);
  cipher.crypt(SAMPLE_NONCE, SAMPLE, ciphertext);
  cipher.authenticate(SAMPLE_NONCE, ciphertext, out.subarray(SAMPLE.length));
  return out;
}
