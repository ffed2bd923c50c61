import type { AgentRemarkKind } from './agent-remark-kinds.ts';

/**
 * What agents remark, in English: what they log and report, and what the console shows English readers. ICU messages
 * of plain arguments only, so that an agent fills them in without a library for it. No full stop at the end.
 */
export const agentEnglish = {
  'node-failed': '{node} failed: {why}',
  'node-said': '{node}: {why}',
  'node-retried': '{node}: {why}; trying again',
  'node-answers-again': '{node} answers again, after {seconds} s',
  'node-unusable': '{node} cannot be used: {why}',
  'waiting-for-node': 'waiting for a node: {why}',
  'hook-running': 'the hook "{hook}" {when} the backup is running',
  'prune-planned': '{remove} packs go, {repack} are repacked, {keep} stay as they are',
  'tree-unreadable':
    'tree {tree} of {path}, which earlier snapshots name, cannot be read: {why}; the folder is read and its tree stored anew',
  'trees-unreadable': 'trees that earlier snapshots name and that cannot be read, in all: {count}',
  'attribute-renamed':
    'an extended attribute of {path} has a name that is not UTF-8, {name}: as in stock restic what the format cannot hold of it becomes U+FFFD, and a restore gives the attribute that name; further ones are not told',
  'pack-not-removed': 'pack {pack} is not needed, but could not be removed: {why}',
  'damaged-packs-stay':
    'damaged packs that stay, as snapshots need what can be read nowhere any more: {count}',
  'hints-found': 'no damage; hints: {count}',
  'copy-damaged': 'problems found on {node}: {count}, first of all: {first}',
  'agent-stopped': 'the agent was stopped',
  'agent-ended-midway': 'the agent was ended while the run was going on',
  'run-cancelled': 'cancelled',
  'nothing-read': 'Nothing of what was to be backed up could be read; no snapshot was made',
  'owners-not-restored': 'Not running as root: owners and groups of the files are not restored',
  'attributes-not-restored': 'Some extended attributes could not be restored here',
  'owners-and-attributes-not-restored':
    'Not running as root: owners and groups of the files are not restored, nor some extended attributes',
  'target-not-absolute': 'The target "{path}" is not an absolute path',
  'target-not-empty':
    'The folder {path} is not empty. This agent restores only into folders that are empty or do not exist; it can be started with --allow-restore-anywhere',

  'node-is-offline': 'offline',
  'node-is-full': 'full',
  'node-is-draining': 'draining',
  'node-over-quota': 'over quota',
  'node-room-promised': 'room promised to others',
  'node-unhealthy': 'unhealthy: {detail}',
  'node-speed-unknown': 'speed unknown',
  'node-no-data': 'no data comes through',
  'node-not-pinned': 'another node is pinned',
  'node-without-copy': 'holds no copy',
  'node-copy-not-made': 'has no copy yet, and the control center, which makes one, is away',

  'permission-denied': 'Permission denied',
  'no-such-file': 'No such file or folder',
  'disk-error': 'The disk reported a read or write error',
  'disk-full': 'The disk is full',
  'became-link': 'It became a symbolic link while it was read',
  'path-too-long': 'The path is too long',
  'file-vanished': 'It was there when its folder was read, and then gone',
  'backup-without-missing': 'It does not exist, so the backup goes on without it',
  'backup-without-unreadable': 'It cannot be read: {why}, so the backup goes on without it',
  'entry-replaced': 'Something else took its place while it was read',
  'not-regular-file': 'It is no longer a regular file',
  'attributes-unread': 'Its extended attributes: {why}',
  'file-shrank': 'It had {before} bytes when it was opened, and ended after {after}',
  'name-is-taken': 'Something of that name is there already',
  'link-where-folder': 'A symbolic link or a file is where a folder should be',
  'folder-in-the-way': 'A folder of that name is there',
  'device-needs-root': 'Devices can only be made by root',
  'entry-type-unknown': 'Entries of the type "{type}" cannot be made',
  'link-to-unrestored': 'It is a hard link to a file that could not be restored',
  'folder-without-tree': 'The folder has no tree',
  'read-back-failed': 'It cannot be read back: {why}',
  'size-differs': 'It has {size} bytes instead of {expected}',
  'content-differs': 'Its content is another from byte {offset} on',
} as const satisfies Record<AgentRemarkKind, string>;
