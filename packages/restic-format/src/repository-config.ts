import { randomBytes } from 'node:crypto';
import { Failure } from '@breakwater/domain/failure';
import { parseJson } from './go-json.ts';
import { JsonFields } from './json-fields.ts';
import { CHUNKER_DEGREE, degree, isIrreducible, randomPolynomial } from './polynomial.ts';

export interface RepositoryConfig {
  version: 1 | 2;
  /** 64 hex digits, random. */
  id: string;
  /** Irreducible over GF(2), degree 53. */
  chunkerPolynomial: bigint;
}

/** `chunkerPolynomial`: another repository's, so that copies between the two deduplicate. */
export function newRepositoryConfig(chunkerPolynomial = randomPolynomial()): RepositoryConfig {
  return { version: 2, id: randomBytes(32).toString('hex'), chunkerPolynomial };
}

/** The JSON inside the encrypted config file. */
export function encodeRepositoryConfig(config: RepositoryConfig): Buffer {
  const polynomial = config.chunkerPolynomial.toString(16);
  return Buffer.from(
    `{"version":${config.version},"id":"${config.id}","chunker_polynomial":"${polynomial}"}`,
  );
}

/** Throws `unsupported-format` for other versions or chunker parameters, `repository-damaged` for what is no config. */
export function decodeRepositoryConfig(json: Uint8Array): RepositoryConfig {
  const fields = new JsonFields(parseJson(json, 'config'), 'config');
  const version = fields.uint('version');
  if (version !== 1 && version !== 2) {
    throw new Failure(
      'unsupported-format',
      `config: repository format version ${version}: this program knows 1 and 2`,
    );
  }
  const text = fields.string('chunker_polynomial');
  if (!/^[0-9a-f]{1,16}$/.test(text)) throw fields.wrong('chunker_polynomial', 'up to 16 hex digits');
  const chunkerPolynomial = BigInt(`0x${text}`);
  if (degree(chunkerPolynomial) !== CHUNKER_DEGREE || !isIrreducible(chunkerPolynomial)) {
    throw new Failure(
      'unsupported-format',
      `config: the chunker polynomial ${text} is not irreducible of degree 53`,
    );
  }
  return { version, id: fields.id('id'), chunkerPolynomial };
}
