// Runs once the control center is ready, at every start: writes a one-time join token for each machine of the compose
// file, `kind=name`. A machine that is enrolled already leaves its token alone, and it expires after an hour.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

const server = process.env.BREAKWATER_SERVER;
const { apiToken } = JSON.parse(readFileSync('/data/admin.json', 'utf8'));
for (const entry of process.argv.slice(2)) {
  const [kind, name] = entry.split('=');
  const address = kind === 'storage-node' ? {} : { address: name };
  const response = await fetch(`${server}/api/v1/join-tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind, ...address, expiresInSeconds: 3600 }),
  });
  if (!response.ok) {
    const refusal = await response.text();
    if (response.status === 409 && refusal.includes('"address-taken"')) {
      process.stdout.write(`${name} is enrolled already and needs no join token.\n`);
      continue;
    }
    process.stderr.write(
      `No join token for ${name}: the control center answered ${response.status} ${refusal}\n`,
    );
    process.exit(1);
  }
  const file = `/secrets/join/${name}`;
  writeFileSync(`${file}.unfinished`, (await response.json()).token, { mode: 0o400 });
  renameSync(`${file}.unfinished`, file);
  process.stdout.write(`A join token for ${name} is ready.\n`);
}
