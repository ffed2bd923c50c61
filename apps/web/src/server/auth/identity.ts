import type { Role } from '@breakwater/contract/resources';

/** Who asks, as far as a route may know. */
export type Identity =
  | {
      kind: 'user';
      userId: string;
      sessionId: string;
      email: string;
      name: string;
      role: Role;
      mustChangePassword: boolean;
    }
  /** `ownerId`: the user who made it, or for whom it was made; null for the one of the first start. */
  | { kind: 'api-token'; tokenId: string; ownerId: string | null; name: string; role: Role };

const rank: Record<Role, number> = { viewer: 0, operator: 1, admin: 2 };

/** Whether a role includes what `needed` may do: an admin may all, an operator what a viewer may. */
export function roleAllows(has: Role, needed: Role): boolean {
  return rank[has] >= rank[needed];
}

/** The lesser of two roles. */
export function lesserRole(a: Role, b: Role): Role {
  return roleAllows(a, b) ? b : a;
}

/** Who did it, for events. */
export function nameOf(identity: Identity): string {
  return identity.kind === 'user' ? identity.email : `API token "${identity.name}"`;
}
