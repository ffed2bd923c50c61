import { createHash } from 'node:crypto';
import { Failure } from '@breakwater/domain/failure';
import { beforeAll, describe, expect, it } from 'vitest';
import { openKey, createKey, readKeyFileHeader, type CreatedKey } from './key-file.ts';

const owner = { hostname: 'höst <1>', username: 'us"er' };

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  return error instanceof Failure ? error.code : `not a Failure: ${String(error)}`;
}

describe('a key file', () => {
  let created: CreatedKey;
  beforeAll(async () => {
    created = await createKey('pässwörd', owner, { now: 1_700_000_000_123 });
  });

  function changed(change: (json: { [name: string]: unknown }) => void): Buffer {
    const json = JSON.parse(created.bytes.toString());
    change(json);
    return Buffer.from(JSON.stringify(json));
  }

  it('is named by its hash and opens with its password', async () => {
    expect(created.name).toBe(createHash('sha256').update(created.bytes).digest('hex'));
    expect(await openKey(created.bytes, 'pässwörd')).toEqual(created.key);
  });

  it('is never weaker than N=32768, r=8', async () => {
    expect(readKeyFileHeader(created.bytes)).toMatchObject({
      ...owner,
      parameters: { N: 32_768, r: 8, p: 1 },
    });
    for (const parameters of [
      { N: 16_384, r: 8, p: 1 },
      { N: 32_768, r: 4, p: 1 },
    ]) {
      expect(await codeOf(createKey('x', owner, { parameters }))).toBe('invalid-request');
    }
    expect(await codeOf(createKey('', owner))).toBe('invalid-request');
  });

  it('says so when the password is another', async () => {
    expect(await codeOf(openKey(created.bytes, 'password'))).toBe('wrong-password');
    expect(await codeOf(openKey(created.bytes, ''))).toBe('wrong-password');
  });

  it.each([
    { N: 2 ** 30, r: 8, p: 1 },
    { N: 32_768, r: 2 ** 20, p: 1 },
    { N: 32_768, r: 8, p: 1_000_000 },
    { N: 32_769, r: 8, p: 1 },
    { N: 0, r: 8, p: 1 },
    { N: 1, r: 8, p: 1 },
    { N: 32_768, r: 0, p: 1 },
    { N: 32_768, r: 8, p: 0 },
  ])('is refused at once with %j', async (parameters) => {
    const bytes = changed((json) => Object.assign(json, parameters));
    expect(await codeOf(openKey(bytes, 'pässwörd'))).toBe('unsupported-format');
  });

  it('is refused when it is something else', async () => {
    for (const bytes of [Buffer.alloc(0), Buffer.from('{}'), Buffer.from('[1]'), Buffer.alloc(70_000, 32)]) {
      expect(['repository-damaged', 'unsupported-format']).toContain(await codeOf(openKey(bytes, 'x')));
    }
    expect(
      await codeOf(
        openKey(
          changed((json) => {
            json.kdf = 'argon2';
          }),
          'x',
        ),
      ),
    ).toBe('unsupported-format');
    expect(
      await codeOf(
        openKey(
          changed((json) => {
            json.salt = 'AAAA';
          }),
          'x',
        ),
      ),
    ).toBe('repository-damaged');
    expect(
      await codeOf(
        openKey(
          changed((json) => {
            json.data = '';
          }),
          'pässwörd',
        ),
      ),
    ).toBe('wrong-password');
  });

  it('can be one of several for the same master key', async () => {
    const second = await createKey('other', owner, { master: created.key });
    expect(second.name).not.toBe(created.name);
    expect(await openKey(second.bytes, 'other')).toEqual(created.key);
  });
});
