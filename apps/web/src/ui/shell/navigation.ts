import {
  Activity,
  Archive,
  CalendarClock,
  Database,
  HardDrive,
  LayoutDashboard,
  type LucideIcon,
  Network,
  Server,
  Settings,
} from 'lucide-react';

export type PageName =
  | 'overview'
  | 'servers'
  | 'tasks'
  | 'runs'
  | 'snapshots'
  | 'nodes'
  | 'repositories'
  | 'network'
  | 'settings';

export interface Destination {
  name: PageName;
  href: string;
  icon: LucideIcon;
}

/** The rail, from top to bottom; a phone's bottom bar shows the first group. */
export const protectionPages: readonly Destination[] = [
  { name: 'overview', href: '/', icon: LayoutDashboard },
  { name: 'servers', href: '/servers', icon: Server },
  { name: 'tasks', href: '/tasks', icon: CalendarClock },
  { name: 'runs', href: '/runs', icon: Activity },
  { name: 'snapshots', href: '/snapshots', icon: Archive },
];
export const storagePages: readonly Destination[] = [
  { name: 'nodes', href: '/nodes', icon: HardDrive },
  { name: 'repositories', href: '/repositories', icon: Database },
  { name: 'network', href: '/network', icon: Network },
];
export const settingsPage: Destination = { name: 'settings', href: '/settings', icon: Settings };

/** True when `pathname` is this page or one below it. */
export function isHere(pathname: string, href: string): boolean {
  return href === '/' ? pathname === '/' : pathname === href || pathname.startsWith(`${href}/`);
}
