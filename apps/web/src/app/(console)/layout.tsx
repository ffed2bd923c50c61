import { cookies } from 'next/headers';
import type { ReactNode } from 'react';
import { CommandPalette } from '../../ui/palette/command-palette.tsx';
import { Shell } from '../../ui/shell/shell.tsx';
import { SignedOut } from '../../ui/shell/signed-out.tsx';

/** better-auth's session cookie, with and without https. Whether it is still good, the API says. */
const sessionCookies = ['breakwater.session_token', '__Secure-breakwater.session_token'];

export default async function ConsoleLayout({ children }: { children: ReactNode }) {
  const jar = await cookies();
  if (!sessionCookies.some((name) => jar.has(name))) return <SignedOut />;
  return <Shell palette={<CommandPalette />}>{children}</Shell>;
}
