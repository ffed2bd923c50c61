import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { Failure } from '@breakwater/domain/failure';

const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM: version byte, 12 bytes nonce, ciphertext, 16 bytes tag. `context` says what is sealed
 * (`repository/<id>/password`) and is authenticated with it, so that one sealed value cannot stand in for another.
 */
export function seal(key: Uint8Array, plain: Uint8Array, context: string): Uint8Array<ArrayBuffer> {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(Buffer.from(context));
  const sealed = [Buffer.of(VERSION), nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()];
  return new Uint8Array(Buffer.concat(sealed));
}

/** What `seal` sealed. Throws Failure `wrong-password` when the key or the context is another, or a bit has changed. */
export function open(key: Uint8Array, sealed: Uint8Array, context: string): Uint8Array<ArrayBuffer> {
  const bytes = Buffer.from(sealed);
  if (bytes[0] !== VERSION || bytes.length < 1 + NONCE_BYTES + TAG_BYTES) {
    throw new Failure('wrong-password', `what is sealed as ${context} is not in a form this version knows`);
  }
  const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 1 + NONCE_BYTES));
  decipher.setAAD(Buffer.from(context));
  decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
  try {
    const plain = [decipher.update(bytes.subarray(1 + NONCE_BYTES, -TAG_BYTES)), decipher.final()];
    return new Uint8Array(Buffer.concat(plain));
  } catch (error) {
    throw new Failure('wrong-password', `the master key does not open what is sealed as ${context}`, {
      cause: error,
    });
  }
}
