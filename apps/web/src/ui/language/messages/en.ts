import { bandwidth } from './en/bandwidth.ts';
import { commands } from './en/commands.ts';
import { files } from './en/files.ts';
import { network } from './en/network.ts';
import { nodes } from './en/nodes.ts';
import { overview } from './en/overview.ts';
import { palette } from './en/palette.ts';
import { remarks } from './en/remarks.ts';
import { repositories } from './en/repositories.ts';
import { runs } from './en/runs.ts';
import { servers } from './en/servers.ts';
import { settings } from './en/settings.ts';
import { sharedWords } from './en/shared-words.ts';
import { shell } from './en/shell.ts';
import { signIn } from './en/sign-in.ts';
import { snapshots } from './en/snapshots.ts';
import { tasks } from './en/tasks.ts';
import { units } from './en/units.ts';

/** The catalogue. English leads: its keys and its ICU arguments are what the compiler holds every other language to. */
export const en = {
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
} as const;
export type Messages = typeof en;
