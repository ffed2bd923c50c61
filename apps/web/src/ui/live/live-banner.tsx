'use client';

import { WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslations } from 'use-intl';
import { useLiveStatus } from './live-socket.tsx';

/** A hiccup shorter than this is not worth a word. */
const PATIENCE_MS = 2500;

/** Says that nothing is pushed at the moment, thin and only when it is true. */
export function LiveBanner() {
  const t = useTranslations('shell');
  const status = useLiveStatus();
  const [shown, setShown] = useState(false);

  useEffect(() => {
    if (status === 'live') {
      setShown(false);
      return;
    }
    const timer = setTimeout(() => setShown(true), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [status]);

  return (
    <div role="status" aria-live="polite">
      {shown && (
        <p className="flex items-center gap-2 border-b border-line bg-warn-soft px-4 py-1 text-sm text-warn">
          <WifiOff aria-hidden className="size-4 shrink-0" />
          {t(status === 'connecting' ? 'live.connecting' : 'live.reconnecting')}
        </p>
      )}
    </div>
  );
}
