import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomKey } from './crypto.ts';
import type { KeyCipher } from './key-cipher.ts';
import { linkedKeyCipher } from './linked-key-cipher.ts';
import { PlainKeyCipher } from './plain-key-cipher.ts';

function made(cipher: KeyCipher, nonce: Buffer, plaintext: Uint8Array): Buffer {
  const out = Buffer.alloc(plaintext.length + 16);
  const ciphertext = out.subarray(0, plaintext.length);
  cipher.crypt(nonce, plaintext, ciphertext);
  cipher.authenticate(nonce, ciphertext, out.subarray(plaintext.length));
  return out;
}

describe('the linked and the plain cipher of a key', () => {
  const key = randomKey();
  const plain = new PlainKeyCipher(key);
  const linked = linkedKeyCipher(key);

  it('are both there with the Node that we ship', () => {
    expect(linked).not.toBeNull();
  });

  it('give the code that is known of a sample', () => {
    const known = {
      encrypt: Buffer.alloc(32, 'encrypt '),
      macK: Buffer.alloc(16, 'mac '),
      macR: Buffer.from('0102030405060708080a0b0c0c0e0f00', 'hex'),
    };
    const nonce = Buffer.from('00ffffffffffffffffffffffffffffc5', 'hex');
    for (const cipher of [new PlainKeyCipher(known), linkedKeyCipher(known) as KeyCipher]) {
      const code = made(cipher, nonce, Buffer.alloc(1000, 'a sample')).subarray(-16);
      expect(code.toString('hex')).toBe('7c15f3177c153b486baa38411f8bde9d');
    }
  });

  it('do the same for any nonce and length', () => {
    const bytes = (options: { minLength: number; maxLength: number }) =>
      fc.uint8Array(options).map((array) => Buffer.from(array));
    fc.assert(
      fc.property(
        bytes({ minLength: 16, maxLength: 16 }),
        bytes({ minLength: 0, maxLength: 3000 }),
        (nonce, plaintext) => {
          expect(made(linked as KeyCipher, nonce, plaintext)).toEqual(made(plain, nonce, plaintext));
        },
      ),
    );
  });

  it.each(['ffffffffffffffffffffffffffffffff', '000000ffffffffffffffffffffffffff'])(
    'count blocks from %s alike',
    (nonce) => {
      const plaintext = randomBytes(700_001);
      const counter = Buffer.from(nonce, 'hex');
      expect(made(linked as KeyCipher, counter, plaintext).equals(made(plain, counter, plaintext))).toBe(
        true,
      );
    },
  );

  it.each([linked as KeyCipher, plain])('work in place and in shared memory', (cipher) => {
    const nonce = randomBytes(16);
    const plaintext = randomBytes(300_000);
    const shared = Buffer.from(new SharedArrayBuffer(plaintext.length));
    plaintext.copy(shared);
    cipher.crypt(nonce, shared, shared);
    expect(shared.equals(plaintext)).toBe(false);
    const back = Buffer.alloc(plaintext.length);
    cipher.crypt(nonce, shared, back);
    expect(back.equals(plaintext)).toBe(true);
  });

  it('never write beyond what they are given', () => {
    const cipher = linked as KeyCipher;
    const nonce = Buffer.alloc(16, 1);
    expect(() => cipher.crypt(nonce, Buffer.alloc(20), Buffer.alloc(19))).toThrow(RangeError);
    expect(() => cipher.crypt(Buffer.alloc(15), Buffer.alloc(20), Buffer.alloc(20))).toThrow(RangeError);
    expect(() => cipher.authenticate(nonce, Buffer.alloc(20), Buffer.alloc(15))).toThrow(RangeError);
    expect(() => cipher.authenticate(Buffer.alloc(12), Buffer.alloc(20), Buffer.alloc(16))).toThrow(
      RangeError,
    );
  });
});
