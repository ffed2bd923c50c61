import type { KeyCipher, RepositoryKey } from './key-cipher.ts';
import { linkedFunctions } from './linked-functions.ts';

const NONCE_BYTES = 16;
const CODE_BYTES = 16;
/** OpenSSL takes lengths of ciphers as a C int. */
const MAX_STEP_BYTES = 2 ** 30;

/** OpenSSL's: openssl.org, EVP_EncryptInit(3) and EVP_MAC(3). */
const evp = linkedFunctions({
  newCipher: 'void *EVP_CIPHER_CTX_new()',
  freeCipher: 'void EVP_CIPHER_CTX_free(void *cipher)',
  aes256Ctr: 'const void *EVP_aes_256_ctr()',
  aes128Ecb: 'const void *EVP_aes_128_ecb()',
  init: 'int EVP_EncryptInit_ex(void *cipher, const void *type, void *engine, const void *key, const void *iv)',
  noPadding: 'int EVP_CIPHER_CTX_set_padding(void *cipher, int pad)',
  update: 'int EVP_EncryptUpdate(void *cipher, void *out, void *outBytes, const void *in, int inBytes)',
  fetchMac: 'void *EVP_MAC_fetch(void *library, const char *name, const char *properties)',
  newMac: 'void *EVP_MAC_CTX_new(void *type)',
  freeMac: 'void EVP_MAC_CTX_free(void *mac)',
  initMac: 'int EVP_MAC_init(void *mac, const void *key, size_t keyBytes, const void *parameters)',
  updateMac: 'int EVP_MAC_update(void *mac, const void *in, size_t inBytes)',
  finishMac: 'int EVP_MAC_final(void *mac, void *out, void *outBytes, size_t room)',
});
type Evp = NonNullable<typeof evp>;

interface Handles {
  stream: unknown;
  pads: unknown;
  mac: unknown;
}

/** Contexts are outside the heap; they go with their cipher. */
const freed = new FinalizationRegistry<Handles>((handles) => {
  if (evp !== null) free(evp, handles);
});

let poly1305: unknown = null;

/** Null where the functions are missing, or do not work. */
export function linkedKeyCipher(key: RepositoryKey): KeyCipher | null {
  if (evp === null || key.encrypt.length !== 32 || key.macK.length < 16 || key.macR.length < 16) return null;
  poly1305 ??= evp.fetchMac(null, 'POLY1305', null);
  if (!poly1305) return null;
  const handles = { stream: evp.newCipher(), pads: evp.newCipher(), mac: evp.newMac(poly1305) };
  const nothing = Buffer.alloc(NONCE_BYTES);
  const isReady =
    Boolean(handles.stream && handles.pads && handles.mac) &&
    evp.init(handles.stream, evp.aes256Ctr(), null, key.encrypt, nothing) === 1 &&
    evp.init(handles.pads, evp.aes128Ecb(), null, key.macK, null) === 1 &&
    evp.noPadding(handles.pads, 0) === 1;
  if (!isReady) {
    free(evp, handles);
    return null;
  }
  const cipher = new LinkedKeyCipher(evp, handles, key.macR);
  freed.register(cipher, handles);
  return cipher;
}

function free({ freeCipher, freeMac }: Evp, { stream, pads, mac }: Handles): void {
  freeCipher(stream);
  freeCipher(pads);
  freeMac(mac);
}

class LinkedKeyCipher implements KeyCipher {
  readonly #evp: Evp;
  readonly #handles: Handles;
  /** Poly1305's key for one nonce: r, and the pad in its second half. */
  readonly #oneTimeKey = Buffer.allocUnsafeSlow(32);
  readonly #pad = this.#oneTimeKey.subarray(16);
  /** Where OpenSSL says how much it wrote: always all. */
  readonly #written = new BigUint64Array(1);

  constructor(functions: Evp, handles: Handles, macR: Buffer) {
    this.#evp = functions;
    this.#handles = handles;
    macR.copy(this.#oneTimeKey);
  }

  crypt(nonce: Uint8Array, input: Uint8Array, output: Uint8Array): void {
    if (nonce.length !== NONCE_BYTES || output.length !== input.length)
      throw new RangeError('lengths differ');
    if (input.length === 0) return;
    const { init, update } = this.#evp;
    const { stream } = this.#handles;
    succeeded(init(stream, null, null, null, nonce));
    if (input.length <= MAX_STEP_BYTES) {
      succeeded(update(stream, output, this.#written, input, input.length));
      return;
    }
    for (let at = 0; at < input.length; at += MAX_STEP_BYTES) {
      const piece = input.subarray(at, at + MAX_STEP_BYTES);
      succeeded(update(stream, output.subarray(at), this.#written, piece, piece.length));
    }
  }

  authenticate(nonce: Uint8Array, ciphertext: Uint8Array, code: Uint8Array): void {
    if (nonce.length !== NONCE_BYTES || code.length !== CODE_BYTES) throw new RangeError('lengths differ');
    const { update, initMac, updateMac, finishMac } = this.#evp;
    const { pads, mac } = this.#handles;
    succeeded(update(pads, this.#pad, this.#written, nonce, NONCE_BYTES));
    succeeded(initMac(mac, this.#oneTimeKey, this.#oneTimeKey.length, null));
    if (ciphertext.length > 0) succeeded(updateMac(mac, ciphertext, ciphertext.length));
    succeeded(finishMac(mac, code, this.#written, CODE_BYTES));
  }
}

function succeeded(result: unknown): void {
  if (result !== 1) throw new Error('OpenSSL refused to encrypt');
}
