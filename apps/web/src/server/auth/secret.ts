import { createHash, randomBytes } from 'node:crypto';

/** 256 random bits behind a prefix that says what it is, so that a leaked one can be recognised. */
export function newSecret(prefix: 'bw_api_' | 'bw_join_' | 'bw_agent_' | 'bw_node_'): string {
  return `${prefix}${randomBytes(32).toString('base64url')}`;
}

/** What is kept of a secret. A plain hash is enough: the secret has too many bits to be tried out. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
