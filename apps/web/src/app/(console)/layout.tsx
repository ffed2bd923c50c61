import type { ReactNode } from 'react';
import { Shell } from '../../ui/shell/shell.tsx';

export default function ConsoleLayout({ children }: { children: ReactNode }) {
  return <Shell palette={null}>{children}</Shell>;
}
