import { adoptionRoutes } from '../adoption/adoption-routes.ts';
import { agentRoutes } from '../agents/agent-routes.ts';
import { apiTokenRoutes } from '../api-tokens/api-token-routes.ts';
import { enrolmentRoutes } from '../enrolment/enrolment-routes.ts';
import { eventRoutes } from '../events/event-routes.ts';
import { settingRoutes } from '../settings/setting-routes.ts';
import { storageNodeRoutes } from '../storage-nodes/storage-node-routes.ts';
import { sessionRoutes } from '../users/session-routes.ts';
import { userRoutes } from '../users/user-routes.ts';
import { overviewRoutes } from '../overview/overview-routes.ts';
import { careRoutes } from '../care/care-routes.ts';
import { repositoryRoutes } from '../repositories/repository-routes.ts';
import { restoreRoutes } from '../restores/restore-routes.ts';
import { retentionRoutes } from '../retention/retention-routes.ts';
import { runRoutes } from '../runs/run-routes.ts';
import { snapshotRoutes } from '../snapshots/snapshot-routes.ts';
import { speedRoutes } from '../speeds/speed-routes.ts';
import { sourceRoutes } from '../tasks/source-routes.ts';
import { taskRoutes } from '../tasks/task-routes.ts';
import type { Route } from './route.ts';

/** Every route below /api/v1: what is not here does not exist, and is not documented. */
export const routes: readonly Route[] = [
  ...sessionRoutes,
  ...overviewRoutes,
  ...agentRoutes,
  ...sourceRoutes,
  ...storageNodeRoutes,
  ...taskRoutes,
  ...retentionRoutes,
  ...runRoutes,
  ...snapshotRoutes,
  ...restoreRoutes,
  ...repositoryRoutes,
  ...adoptionRoutes,
  ...careRoutes,
  ...speedRoutes,
  ...enrolmentRoutes,
  ...eventRoutes,
  ...settingRoutes,
  ...userRoutes,
  ...apiTokenRoutes,
];
