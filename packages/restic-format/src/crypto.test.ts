import { createCipheriv, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import sodium from 'sodium-native';
import { describe, expect, it } from 'vitest';
import { maskedR, open, randomKey, type RepositoryKey, seal } from './crypto.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

/** The construction once more, straight from the library calls. */
function sealWith(key: RepositoryKey, nonce: Buffer, plaintext: Buffer): Buffer {
  const ciphertext = createCipheriv('aes-256-ctr', key.encrypt, nonce).update(plaintext);
  const pad = createCipheriv('aes-128-ecb', key.macK, null).setAutoPadding(false).update(nonce);
  const mac = Buffer.alloc(16);
  sodium.crypto_onetimeauth(mac, ciphertext, Buffer.concat([key.macR, pad]));
  return Buffer.concat([nonce, ciphertext, mac]);
}

describe('seal and open', () => {
  const key = randomKey();

  it.each([0, 1, 15, 16, 17, 4096, 16_383, 16_384, 16_385, 300_000, 1_048_577])('keep %d bytes', (length) => {
    const plaintext = randomBytes(length);
    const sealed = seal(key, plaintext);
    expect(sealed.length).toBe(length + 32);
    expect(open(key, sealed)?.equals(plaintext)).toBe(true);
    expect(sealWith(key, sealed.subarray(0, 16), plaintext).equals(sealed)).toBe(true);
  });

  it.each([
    'ffffffffffffffffffffffffffffffff',
    '00000000000000000000000000fffffe',
    '000000ffffffffffffffffffffffffff',
  ])('count blocks from %s as AES-CTR does', (nonce) => {
    const plaintext = randomBytes(700);
    expect(open(key, sealWith(key, hex(nonce), plaintext))?.equals(plaintext)).toBe(true);
  });

  it('never give the same bytes twice', () => {
    const sealed = Array.from({ length: 600 }, () => seal(key, Buffer.from('same')).toString('hex'));
    expect(new Set(sealed.map((one) => one.slice(0, 32))).size).toBe(600);
  });

  it('notice any changed bit, cut bytes and another key', () => {
    const plaintext = randomBytes(100);
    const sealed = seal(key, plaintext);
    fc.assert(
      fc.property(fc.nat(sealed.length * 8 - 1), (bit) => {
        const changed = Buffer.from(sealed);
        changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
        expect(open(key, changed)).toBeNull();
      }),
    );
    for (const length of [0, 1, 31, 32, sealed.length - 1]) {
      expect(open(key, sealed.subarray(0, length))).toBeNull();
    }
    expect(open(randomKey(), sealed)).toBeNull();
  });

  it('refuse an all-zero nonce', () => {
    expect(open(key, sealWith(key, Buffer.alloc(16), Buffer.from('x')))).toBeNull();
  });
});

describe('Poly1305-AES', () => {
  // D. J. Bernstein, "The Poly1305-AES message-authentication code", appendix B.
  it.each([
    [
      'f3f6',
      '851fc40c3467ac0be05cc20404f3f700',
      'ec074c835580741701425b623235add6',
      'fb447350c4e868c52ac3275cf9d4327e',
      'f4c633c3044fc145f84f335cb81953de',
    ],
    [
      '',
      'a0f3080000f46400d0c7e9076c834403',
      '75deaa25c09f208e1dc4ce6b5cad3fbf',
      '61ee09218d29b0aaed7e154a2c5509cc',
      'dd3fab2251f11ac759f0887129cc2ee7',
    ],
  ])('authenticates %j as the paper does', (message, r, k, nonce, mac) => {
    const key = { encrypt: randomBytes(32), macK: hex(k), macR: hex(r) };
    expect(open(key, Buffer.concat([hex(nonce), hex(message), hex(mac)]))).not.toBeNull();
  });

  it('masks r', () => {
    expect(maskedR(Buffer.alloc(16, 0xff)).toString('hex')).toBe('ffffff0ffcffff0ffcffff0ffcffff0f');
  });
});
