// Runs once the control center is ready: writes a one-time join token for each machine of the compose file.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const server = process.env.BREAKWATER_SERVER;
const { apiToken } = JSON.parse(readFileSync('/center/admin.json', 'utf8'));
for (const entry of process.argv.slice(2)) {
  const [kind, name] = entry.split('=');
  const file = `/secrets/join/${name}`;
  if (existsSync(file)) continue;
  const response = await fetch(`${server}/api/v1/join-tokens`, {
    method: 'POST',
    headers: { authorization: `Bearer ${apiToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ kind, expiresInSeconds: 3600 }),
  });
  if (!response.ok) throw new Error(`POST /join-tokens: ${response.status} ${await response.text()}`);
  writeFileSync(file, (await response.json()).token, { mode: 0o444 });
}
