// Runs once before everything else: makes the secrets that no file of ours may contain. Keeps what is there.
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';

const folder = '/secrets';
mkdirSync(`${folder}/join`, { recursive: true });
const keep = (name, value) => {
  if (!existsSync(`${folder}/${name}`)) writeFileSync(`${folder}/${name}`, value, { mode: 0o444 });
};
if (!existsSync(`${folder}/postgres-password`)) {
  const password = randomBytes(24).toString('base64url');
  keep('database-url', `postgresql://breakwater:${password}@postgres:5432/breakwater`);
  keep('postgres-password', password);
}
keep('master-key', randomBytes(32).toString('base64'));
chmodSync(`${folder}/join`, 0o777);
