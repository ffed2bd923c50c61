import { createHash, randomBytes, scrypt } from 'node:crypto';
import { Failure } from '@breakwater/domain/failure';
import { isValidKey, open, randomKey, type RepositoryKey, seal } from './crypto.ts';
import { goJsonString, parseJson } from './go-json.ts';
import { formatGoTime, type GoTime, localGoTimeFromMs } from './go-time.ts';
import { JsonFields } from './json-fields.ts';

const SALT_BYTES = 64;
/** restic's floor. 32 MiB and about 0.1 s for each guess. */
const DEFAULT_N = 32_768;
const DEFAULT_R = 8;
const DEFAULT_P = 1;
/** A key file is written by whoever can write to the store: it must not make a reader take all memory. */
const MAX_SCRYPT_BYTES = 512 * 1024 * 1024;
const MAX_P = 16;
const MAX_KEY_FILE_BYTES = 64 * 1024;

export interface ScryptParameters {
  N: number;
  r: number;
  p: number;
}

export interface KeyFileHeader {
  created: GoTime;
  username: string;
  hostname: string;
  parameters: ScryptParameters;
}

export interface CreatedKey {
  /** SHA-256 of `bytes`. */
  name: string;
  bytes: Buffer;
  key: RepositoryKey;
}

/** A key file that opens `master` (a new random one by default) with `password`. `now` in epoch milliseconds. */
export async function createKey(
  password: string,
  owner: { hostname: string; username: string },
  options: { master?: RepositoryKey; now?: number; parameters?: ScryptParameters } = {},
): Promise<CreatedKey> {
  if (password === '') throw new Failure('invalid-request', 'an empty password cannot protect a repository');
  const key = options.master ?? randomKey();
  const parameters = options.parameters ?? { N: DEFAULT_N, r: DEFAULT_R, p: DEFAULT_P };
  if (parameters.N < DEFAULT_N || parameters.r < DEFAULT_R) {
    throw new Failure(
      'invalid-request',
      `scrypt with N=${parameters.N}, r=${parameters.r} is too weak: expected at least N=${DEFAULT_N}, r=${DEFAULT_R}`,
    );
  }
  refuseAbsurd(parameters, 'the key');
  const salt = randomBytes(SALT_BYTES);
  const data = seal(await deriveKey(password, salt, parameters), encodeMasterKey(key));
  const created = formatGoTime(localGoTimeFromMs(options.now ?? Date.now()));
  const bytes = Buffer.from(
    `{"created":"${created}","username":${goJsonString(owner.username)},"hostname":${goJsonString(owner.hostname)}` +
      `,"kdf":"scrypt","N":${parameters.N},"r":${parameters.r},"p":${parameters.p}` +
      `,"salt":"${salt.toString('base64')}","data":"${data.toString('base64')}"}`,
  );
  return { name: createHash('sha256').update(bytes).digest('hex'), bytes, key };
}

/**
 * The master key of a key file. Throws `wrong-password`, `repository-damaged` for what is no key file, and
 * `unsupported-format` for another derivation or parameters beyond all reason. `name` is for messages.
 */
export async function openKey(
  bytes: Uint8Array,
  password: string,
  name = 'key file',
): Promise<RepositoryKey> {
  const fields = keyFields(bytes, name);
  const { parameters } = readHeader(fields);
  const salt = fields.bytes('salt');
  const data = fields.bytes('data');
  if (salt?.length !== SALT_BYTES) throw fields.wrong('salt', `${SALT_BYTES} bytes`);
  if (data === null) throw fields.wrong('data', 'the encrypted master key');
  const opened = open(await deriveKey(password, salt, parameters), data);
  if (opened === null) throw new Failure('wrong-password', `the password does not open ${name}`);
  const key = decodeMasterKey(opened, name);
  if (!isValidKey(key)) throw new Failure('repository-damaged', `${name} holds no valid master key`);
  return key;
}

/** Who made the key and when: readable without the password. */
export function readKeyFileHeader(bytes: Uint8Array, name = 'key file'): KeyFileHeader {
  return readHeader(keyFields(bytes, name));
}

function keyFields(bytes: Uint8Array, name: string): JsonFields {
  if (bytes.length > MAX_KEY_FILE_BYTES) {
    throw new Failure('repository-damaged', `${name} has ${bytes.length} bytes, too many for a key file`);
  }
  return new JsonFields(parseJson(bytes, name), name);
}

function readHeader(fields: JsonFields): KeyFileHeader {
  const kdf = fields.string('kdf');
  if (kdf !== 'scrypt') {
    throw new Failure('unsupported-format', `${fields.what}: derivation "${kdf}", expected "scrypt"`);
  }
  const parameters = { N: fields.uint('N'), r: fields.uint('r'), p: fields.uint('p') };
  refuseAbsurd(parameters, fields.what);
  return {
    created: fields.time('created'),
    username: fields.string('username'),
    hostname: fields.string('hostname'),
    parameters,
  };
}

function refuseAbsurd({ N, r, p }: ScryptParameters, what: string): void {
  const powerOfTwo = N > 1 && Number.isInteger(Math.log2(N));
  if (powerOfTwo && r >= 1 && p >= 1 && p <= MAX_P && 128 * N * r <= MAX_SCRYPT_BYTES) return;
  throw new Failure(
    'unsupported-format',
    `${what}: scrypt with N=${N}, r=${r}, p=${p}; expected N a power of two, p at most ${MAX_P}, at most 512 MiB`,
  );
}

/** 64 bytes: the encryption key, then Poly1305's k, then r. */
async function deriveKey(
  password: string,
  salt: Buffer,
  { N, r, p }: ScryptParameters,
): Promise<RepositoryKey> {
  const maxmem = 128 * N * r + 128 * r * p + 1024 * 1024;
  const derived = await new Promise<Buffer>((resolve, reject) => {
    scrypt(password, salt, 64, { N, r, p, maxmem }, (error, bytes) => {
      if (error === null) resolve(bytes);
      else reject(new Failure('internal', `scrypt failed: ${error.message}`, { cause: error }));
    });
  });
  return {
    encrypt: derived.subarray(0, 32),
    macK: derived.subarray(32, 48),
    macR: derived.subarray(48, 64),
  };
}

function encodeMasterKey(key: RepositoryKey): Buffer {
  const [k, r, encrypt] = [key.macK, key.macR, key.encrypt].map((part) => part.toString('base64'));
  return Buffer.from(`{"mac":{"k":"${k}","r":"${r}"},"encrypt":"${encrypt}"}`);
}

function decodeMasterKey(json: Buffer, name: string): RepositoryKey {
  const what = `the master key in ${name}`;
  const fields = new JsonFields(parseJson(json, what), what);
  const mac = new JsonFields(fields.raw('mac'), what);
  const [encrypt, macK, macR] = [fields.bytes('encrypt'), mac.bytes('k'), mac.bytes('r')];
  if (encrypt?.length !== 32 || macK?.length !== 16 || macR?.length !== 16) {
    throw new Failure('repository-damaged', `${what} has parts of the wrong length`);
  }
  return { encrypt, macK, macR };
}
