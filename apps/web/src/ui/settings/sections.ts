import type { Role } from '@breakwater/contract/resources';
import { Bell, Info, KeyRound, type LucideIcon, ShieldCheck, Users } from 'lucide-react';

export const sectionNames = ['notifications', 'users', 'tokens', 'keys', 'about'] as const;
export type SectionName = (typeof sectionNames)[number];

export interface Section {
  name: SectionName;
  icon: LucideIcon;
  roles: readonly Role[];
}

/** The parts of the settings and who has something to do there. */
const sections: readonly Section[] = [
  { name: 'notifications', icon: Bell, roles: ['admin'] },
  { name: 'users', icon: Users, roles: ['admin'] },
  { name: 'tokens', icon: KeyRound, roles: ['admin', 'operator', 'viewer'] },
  { name: 'keys', icon: ShieldCheck, roles: ['admin'] },
  { name: 'about', icon: Info, roles: ['admin', 'operator', 'viewer'] },
];

export function sectionsFor(role: Role): readonly Section[] {
  return sections.filter((section) => section.roles.includes(role));
}

/** The part an address asks for, or the first one this role has; null when it asks for one that is not there. */
export function pickSection(wanted: string | null, role: Role): Section | null {
  const own = sectionsFor(role);
  if (wanted === null) return own[0] ?? null;
  return own.find((section) => section.name === wanted) ?? null;
}
