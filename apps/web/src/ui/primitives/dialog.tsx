'use client';

import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import clsx from 'clsx';
import { X } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslations } from 'use-intl';
import { IconButton } from './button.tsx';
import { useReturnFocus } from './use-return-focus.ts';

/** A dialog over the page; on a phone it comes from below. Focus is kept in it and goes back to where it was. */
export function Dialog(props: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  /** Buttons, the main one last. */
  footer?: ReactNode;
  wide?: boolean;
  children?: ReactNode;
}) {
  const t = useTranslations('common.action');
  const returnFocus = useReturnFocus(props.open);
  return (
    <BaseDialog.Root open={props.open} onOpenChange={(open) => props.onOpenChange(open)}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 bg-scrim transition-opacity data-ending-style:opacity-0 data-starting-style:opacity-0" />
        <BaseDialog.Popup
          finalFocus={returnFocus}
          className={clsx(
            'fixed z-50 flex flex-col border border-line bg-raised shadow-float transition',
            'inset-x-0 bottom-0 max-h-[92dvh] rounded-t-lg',
            'sm:inset-x-auto sm:top-[12dvh] sm:bottom-auto sm:left-1/2 sm:max-h-[80dvh] sm:-translate-x-1/2 sm:rounded-lg',
            props.wide === true ? 'sm:w-[min(44rem,calc(100vw-2rem))]' : 'sm:w-[min(32rem,calc(100vw-2rem))]',
            'data-ending-style:opacity-0 data-starting-style:opacity-0 max-sm:data-ending-style:translate-y-4 max-sm:data-starting-style:translate-y-4',
          )}
        >
          <div className="flex items-start justify-between gap-4 px-4 pt-4">
            <div className="min-w-0">
              <BaseDialog.Title className="text-lg font-semibold">{props.title}</BaseDialog.Title>
              {props.description !== undefined && (
                <BaseDialog.Description render={<div />} className="mt-1 text-ink-muted">
                  {props.description}
                </BaseDialog.Description>
              )}
            </div>
            <BaseDialog.Close render={<IconButton icon={X} size="sm" label={t('close')} />} />
          </div>
          <div className="min-h-0 flex-1 overflow-y-auto p-4">{props.children}</div>
          {props.footer !== undefined && (
            <div className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">
              {props.footer}
            </div>
          )}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
