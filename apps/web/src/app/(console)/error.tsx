'use client';

import { Crashed } from '../../ui/shell/crashed.tsx';

export default function ConsoleError({ error, reset }: { error: Error; reset: () => void }) {
  return <Crashed error={error} retry={reset} />;
}
