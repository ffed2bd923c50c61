import type { en } from './en.ts';
import type { Translated } from './translated.ts';
import { bandwidth } from './zh/bandwidth.ts';
import { commands } from './zh/commands.ts';
import { files } from './zh/files.ts';
import { network } from './zh/network.ts';
import { nodes } from './zh/nodes.ts';
import { overview } from './zh/overview.ts';
import { palette } from './zh/palette.ts';
import { remarks } from './zh/remarks.ts';
import { repositories } from './zh/repositories.ts';
import { runs } from './zh/runs.ts';
import { servers } from './zh/servers.ts';
import { settings } from './zh/settings.ts';
import { sharedWords } from './zh/shared-words.ts';
import { shell } from './zh/shell.ts';
import { signIn } from './zh/sign-in.ts';
import { snapshots } from './zh/snapshots.ts';
import { tasks } from './zh/tasks.ts';
import { units } from './zh/units.ts';

export const zh = {
  bandwidth,
  commands,
  common: sharedWords,
  files,
  network,
  nodes,
  overview,
  palette,
  remarks,
  repositories,
  runs,
  servers,
  settings,
  shell,
  signIn,
  snapshots,
  tasks,
  units,
} satisfies Translated<typeof en>;
