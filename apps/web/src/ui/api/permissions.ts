import type { Role } from '@breakwater/contract/resources';

/** What a role may do. The server enforces it; the console hides what would only be refused. */
const actions = {
  'run-tasks': ['admin', 'operator'],
  'edit-tasks': ['admin', 'operator'],
  restore: ['admin', 'operator'],
  'confirm-snapshots': ['admin', 'operator'],
  'adopt-repositories': ['admin'],
  'care-repositories': ['admin', 'operator'],
  'delete-snapshots': ['admin', 'operator'],
  'add-machines': ['admin'],
  'remove-machines': ['admin'],
  'drain-nodes': ['admin', 'operator'],
  'recovery-kits': ['admin'],
  settings: ['admin'],
} as const satisfies Record<string, readonly Role[]>;

export type Action = keyof typeof actions;

export function may(role: Role, action: Action): boolean {
  const allowed: readonly Role[] = actions[action];
  return allowed.includes(role);
}
