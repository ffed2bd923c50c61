'use client';

import { BookOpen, KeyRound, LogOut, UserRound } from 'lucide-react';
import { useTranslations } from 'use-intl';
import { useSession } from '../api/use-session.ts';
import { IconButton } from '../primitives/button.tsx';
import { Menu, MenuItem, MenuLink, MenuSeparator } from '../primitives/menu.tsx';
import { useProblemText } from '../primitives/problem-text.ts';
import { toast } from '../primitives/toast.tsx';
import { signOut } from '../sign-in/sign-in-calls.ts';
import { settingsPage, storagePages } from './navigation.ts';

export function AccountMenu() {
  const t = useTranslations('shell');
  const roles = useTranslations('common.role');
  const errors = useTranslations('common.error');
  const text = useProblemText();
  const user = useSession();

  async function leave() {
    try {
      await signOut();
      // A new document: the socket ends and nothing of this session stays in memory.
      window.location.replace('/sign-in');
    } catch (error) {
      toast.failed(errors('actionTitle'), text(error));
    }
  }

  return (
    <Menu trigger={<IconButton icon={UserRound} label={t('account.open')} />}>
      <div className="px-2 py-1.5">
        <p className="font-medium">{user.name}</p>
        <p className="text-sm text-ink-muted">{user.email}</p>
        <p className="text-xs text-ink-faint">{roles(user.role)}</p>
      </div>
      <MenuSeparator />
      {/* On a phone the bottom bar has room for five pages: the others are here. */}
      <div className="sm:hidden">
        {[...storagePages, settingsPage].map(({ name, href, icon }) => (
          <MenuLink key={name} href={href} icon={icon}>
            {t(`pages.${name}`)}
          </MenuLink>
        ))}
        <MenuSeparator />
      </div>
      <MenuLink href="/change-password" icon={KeyRound}>
        {t('account.changePassword')}
      </MenuLink>
      <MenuLink href="/docs/api" icon={BookOpen}>
        {t('account.apiDocs')}
      </MenuLink>
      <MenuSeparator />
      <MenuItem icon={LogOut} onSelect={() => void leave()}>
        {t('account.signOut')}
      </MenuItem>
    </Menu>
  );
}
