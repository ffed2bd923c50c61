import { linkedKeyCipher } from './linked-key-cipher.ts';

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
  const known = ciphers.get(key);
  if (known !== undefined) return known;
  const cipher = plain === null ? linkedKeyCipher(key) : new plain.PlainKeyCipher(key);
  if (cipher === null) throw new Error('OpenSSL has refused a key');
  ciphers.set(key, cipher);
  return cipher;
}

/** Whether the linked functions are there and do what the plain ones do: the code is that of the ciphertext. */
function linkedWorks(): boolean {
  const cipher = linkedKeyCipher({
    encrypt: Buffer.alloc(32, 'encrypt '),
    macK: Buffer.alloc(16, 'mac '),
    macR: Buffer.from('0102030405060708080a0b0c0c0e0f00', 'hex'),
  });
  if (cipher === null) return false;
  // The counter runs over in it.
  const nonce = Buffer.from('00ffffffffffffffffffffffffffffc5', 'hex');
  const sample = Buffer.alloc(1000, 'a sample');
  const code = Buffer.alloc(16);
  cipher.crypt(nonce, sample, sample);
  cipher.authenticate(nonce, sample, code);
  return code.toString('hex') === '7c15f3177c153b486baa38411f8bde9d';
}

/** Loaded only where it is needed: it brings a library of its own. */
const plain = linkedWorks() ? null : await import('./plain-key-cipher.ts');
