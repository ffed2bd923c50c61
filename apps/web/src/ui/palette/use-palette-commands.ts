'use client';

import { useQuery } from '@tanstack/react-query';
import {
  ArchiveRestore,
  BookOpen,
  CalendarClock,
  HardDrive,
  Languages,
  type LucideIcon,
  Play,
  Plus,
  Server,
  SunMoon,
} from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'use-intl';
import { agentsQuery } from '../api/queries/agents.ts';
import { activeRunsQuery } from '../api/queries/runs.ts';
import { storageNodesQuery } from '../api/queries/storage-nodes.ts';
import { tasksQuery } from '../api/queries/tasks.ts';
import { useMay } from '../api/use-session.ts';
import { locales } from '../language/locale.ts';
import { useLanguage } from '../language/use-language.ts';
import { runStateLook } from '../primitives/state-pill.tsx';
import { useRunTitle } from '../runs/use-run-title.ts';
import { protectionPages, settingsPage, storagePages } from '../shell/navigation.ts';
import { useRunTask } from '../tasks/use-task-actions.ts';
import { themeChoices } from '../theme/theme-choice.ts';
import { useTheme } from '../theme/use-theme.ts';

export interface Command {
  /** Unique in the palette. */
  id: string;
  icon: LucideIcon;
  text: string;
  /** Shown after the text; also searched. */
  detail?: string;
  run: () => void;
}
export interface CommandGroup {
  name: string;
  commands: readonly Command[];
}

/** Everything that can be gone to or done, as far as the reader's role allows it. */
export function usePaletteCommands(): readonly CommandGroup[] {
  const places = usePlaces();
  const actions = useActions();
  return [...places, ...actions].filter((group) => group.commands.length > 0);
}

function usePlaces(): CommandGroup[] {
  const t = useTranslations('palette');
  const pages = useTranslations('shell.pages');
  const states = useTranslations('common.state');
  const router = useRouter();
  const title = useRunTitle();
  const mayRestore = useMay('restore');
  const { data: agents } = useQuery(agentsQuery);
  const { data: nodes } = useQuery(storageNodesQuery);
  const { data: running } = useQuery(activeRunsQuery);
  const go = (href: string) => () => router.push(href);
  const servers = agents?.filter((agent) => agent.role === 'source') ?? [];
  return [
    {
      name: t('group.running'),
      commands: (running ?? []).map((run) => ({
        id: `run:${run.id}`,
        icon: runStateLook[run.state].icon,
        text: title(run),
        detail: [states(run.state), run.sourceAddress ?? ''].join(' · '),
        run: go(`/runs/${run.id}`),
      })),
    },
    {
      name: t('group.servers'),
      commands: servers.map((agent) => ({
        id: `server:${agent.id}`,
        icon: Server,
        text: agent.address,
        detail: states(agent.state),
        run: go(`/servers/${agent.id}`),
      })),
    },
    {
      name: t('group.restore'),
      commands: mayRestore
        ? servers.map((agent) => ({
            id: `restore:${agent.id}`,
            icon: ArchiveRestore,
            text: t('restoreFrom', { server: agent.address }),
            run: go(`/snapshots?server=${encodeURIComponent(agent.address)}`),
          }))
        : [],
    },
    {
      name: t('group.nodes'),
      commands: (nodes ?? []).map((node) => ({
        id: `node:${node.id}`,
        icon: HardDrive,
        text: node.name,
        detail: states(node.online ? 'online' : 'offline'),
        run: go('/nodes'),
      })),
    },
    {
      name: t('group.pages'),
      commands: [...protectionPages, ...storagePages, settingsPage].map((page) => ({
        id: `page:${page.name}`,
        icon: page.icon,
        text: pages(page.name),
        run: go(page.href),
      })),
    },
  ];
}

function useActions(): CommandGroup[] {
  const t = useTranslations('palette');
  const themes = useTranslations('shell.theme');
  const router = useRouter();
  const mayRun = useMay('run-tasks');
  const mayEdit = useMay('edit-tasks');
  const mayAdd = useMay('add-machines');
  const { data: tasks } = useQuery(tasksQuery);
  const { mutate: runTasks } = useRunTask();
  const { setTheme } = useTheme();
  const { setLanguage } = useLanguage();
  const go = (href: string) => () => router.push(href);
  return [
    {
      name: t('group.tasks'),
      commands: (tasks ?? []).flatMap((task): Command[] => [
        ...(mayRun
          ? [
              {
                id: `run-task:${task.id}`,
                icon: Play,
                text: t('runTask', { task: task.name }),
                detail: task.sourceAddress,
                run: () => runTasks([task]),
              },
            ]
          : []),
        {
          id: `task:${task.id}`,
          icon: CalendarClock,
          text: t('openTask', { task: task.name }),
          detail: task.sourceAddress,
          run: go(`/tasks/${task.id}`),
        },
      ]),
    },
    {
      name: t('group.actions'),
      commands: [
        ...(mayEdit ? [{ id: 'new-task', icon: Plus, text: t('newTask'), run: go('/tasks/new') }] : []),
        ...(mayAdd
          ? [{ id: 'add-server', icon: Plus, text: t('addServer'), run: go('/servers?add=1') }]
          : []),
        ...themeChoices.map((choice) => ({
          id: `theme:${choice}`,
          icon: SunMoon,
          text: t('theme', { theme: themes(choice) }),
          run: () => setTheme(choice),
        })),
        ...locales.map((locale) => ({
          id: `language:${locale}`,
          icon: Languages,
          text: t(`language.${locale}`),
          run: () => setLanguage(locale),
        })),
        {
          id: 'api-docs',
          icon: BookOpen,
          text: t('apiDocs'),
          // Not one of the console's pages: a whole navigation.
          run: () => window.location.assign('/docs/api'),
        },
      ],
    },
  ];
}
