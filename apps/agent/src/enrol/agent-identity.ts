import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { resourceId, sourceAddress } from '@breakwater/contract/ids';
import { Failure } from '@breakwater/domain/failure';
import { z } from 'zod';

/** What an agent knows of itself: `<data>/agent.json`, 0600, because of the credential. */
export const agentIdentity = z.object({
  version: z.literal(1),
  agentId: resourceId,
  address: sourceAddress,
  role: z.enum(['source', 'maintenance']),
  server: z.url(),
  insecureHttp: z.boolean(),
  /** For the control center; null once it has released this agent. */
  credential: z.string().min(1).nullable(),
});
export type AgentIdentity = z.infer<typeof agentIdentity>;

const pathOf = (dataDir: string): string => join(dataDir, 'agent.json');

/** Null when the folder was never enrolled. Throws `path-unreadable`, or `invalid-request` naming the bad field. */
export async function readAgentIdentity(dataDir: string): Promise<AgentIdentity | null> {
  const path = pathOf(dataDir);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Failure('path-unreadable', `${path} cannot be read: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new Failure(
      'invalid-request',
      `${path} is not JSON: restore it, or enrol again into an empty folder.`,
      {
        cause: error,
      },
    );
  }
  const parsed = agentIdentity.safeParse(json);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  throw new Failure(
    'invalid-request',
    `${path} is not an agent's: "${issue?.path.join('.')}" is wrong (${issue?.message}).`,
  );
}

/** Makes the folder where needed. After a crash there is either the old file or the new one. */
export async function writeAgentIdentity(dataDir: string, identity: AgentIdentity): Promise<void> {
  const path = pathOf(dataDir);
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(`${JSON.stringify(identity, null, 2)}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    const folder = await open(dataDir, 'r');
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new Failure('path-unreadable', `${path} cannot be written: ${(error as Error).message}.`, {
      cause: error,
    });
  }
}
