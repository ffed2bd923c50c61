// Runs as root before everything else: makes the secrets that no file of ours may contain, each in the volume of the
// one process that reads it. Keeps what is there: a new master key would make the sealed passwords unreadable.
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/** The user `node` of the official images. */
const NODE = 1000;

/** There is either no such file or a whole one. */
function keep(path, owner, mode, value) {
  if (existsSync(path)) return;
  const unfinished = `${path}.unfinished`;
  writeFileSync(unfinished, value(), { mode: 0o600, flush: true });
  chownSync(unfinished, owner, owner);
  chmodSync(unfinished, mode);
  renameSync(unfinished, path);
}

// PostgreSQL's image reads it as its own user, whose number depends on the image; only it has this volume.
const password = '/secrets/database/password';
keep(password, 0, 0o444, () => randomBytes(24).toString('base64url'));

keep('/secrets/center/database-url', NODE, 0o400, () => {
  return `postgresql://breakwater:${readFileSync(password, 'utf8')}@postgres:5432/breakwater`;
});
keep('/secrets/center/master-key', NODE, 0o400, () => randomBytes(32).toString('base64'));

for (const folder of ['/secrets/center', '/secrets/join']) {
  chownSync(folder, NODE, NODE);
  chmodSync(folder, 0o700);
}
