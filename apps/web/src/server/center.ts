import type { Logger } from '@breakwater/process/logger';
import type { Agents } from './agents/agents.ts';
import type { ApiTokens } from './api-tokens/api-tokens.ts';
import type { Auth } from './auth/auth.ts';
import type { CenterConfig } from './config.ts';
import type { Database } from './db/client.ts';
import type { Enrolment } from './enrolment/enrolment.ts';
import type { Events } from './events/events.ts';
import type { Jobs } from './jobs/jobs.ts';
import type { MasterKey } from './keys/master-key.ts';
import type { SigningKey } from './keys/signing-key.ts';
import type { Links } from './links/links.ts';
import type { LiveFeed } from './live/live-feed.ts';
import type { Notifications } from './notifications/notifications.ts';
import type { Settings } from './settings/settings.ts';
import type { StorageNodes } from './storage-nodes/storage-nodes.ts';
import type { Users } from './users/users.ts';

/**
 * The parts of one control-center process, built once by `startCenter` and given to every use case. Each noun has a
 * factory `create<Noun>(center)` that keeps `center` and touches other parts only when it is called, so that the
 * order in which they are built does not matter.
 */
export interface Center {
  readonly config: CenterConfig;
  readonly logger: Logger;
  readonly db: Database;
  /** Epoch ms. The one clock that decisions see; tests set it. */
  now(): number;
  readonly keys: { readonly master: MasterKey; readonly signing: SigningKey };
  readonly auth: Auth;
  readonly apiTokens: ApiTokens;
  readonly users: Users;
  readonly settings: Settings;
  readonly enrolment: Enrolment;
  readonly events: Events;
  readonly notifications: Notifications;
  readonly agents: Agents;
  readonly storageNodes: StorageNodes;
  readonly jobs: Jobs;
  readonly live: LiveFeed;
  readonly links: Links;
}
