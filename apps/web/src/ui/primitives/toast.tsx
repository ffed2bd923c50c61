'use client';

import { Toast } from '@base-ui/react/toast';
import clsx from 'clsx';
import { CircleAlert, CircleCheck, TriangleAlert, X } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { IconButton } from './button.tsx';

const manager = Toast.createToastManager();

/** A short message about something the reader did. What failed, or wants a look, stays until it is closed. */
export const toast = {
  done(title: string, description?: string): void {
    manager.add({ title, description, type: 'done', timeout: 5000 });
  },
  /** Done, but there is something to know. */
  warned(title: string, description: string): void {
    manager.add({ title, description, type: 'warned', timeout: 0 });
  },
  failed(title: string, description: string): void {
    manager.add({ title, description, type: 'failed', timeout: 0, priority: 'high' });
  },
};

function ToastList() {
  const t = useTranslations('common.action');
  const { toasts } = Toast.useToastManager();
  return toasts.map((item) => (
    <Toast.Root
      key={item.id}
      toast={item}
      swipeDirection={['right', 'down']}
      className="pointer-events-auto w-full rounded-lg border border-line bg-raised shadow-float transition data-ending-style:opacity-0 data-limited:hidden data-starting-style:translate-y-2 data-starting-style:opacity-0"
    >
      <Toast.Content className="flex items-start gap-3 p-3">
        {item.type === 'failed' ? (
          <CircleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
        ) : item.type === 'warned' ? (
          <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warn" />
        ) : (
          <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-ok" />
        )}
        <div className="min-w-0 flex-1">
          <Toast.Title className="font-medium" />
          <Toast.Description className={clsx('text-sm text-ink-muted', 'empty:hidden')} />
        </div>
        <Toast.Close render={<IconButton icon={X} size="sm" label={t('close')} />} />
      </Toast.Content>
    </Toast.Root>
  ));
}

/** Where toasts appear; once, near the root. */
export function ToastRegion() {
  return (
    <Toast.Provider toastManager={manager} limit={4}>
      <Toast.Portal>
        <Toast.Viewport className="pointer-events-none fixed right-4 bottom-4 z-70 flex w-[min(24rem,calc(100vw-2rem))] flex-col gap-2 max-sm:bottom-20">
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}
