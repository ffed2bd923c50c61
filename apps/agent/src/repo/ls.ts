import { Failure } from '@breakwater/domain/failure';
import { unixPermissions } from '@breakwater/restic-format/file-mode';
import { formatGoTime } from '@breakwater/restic-format/go-time';
import type { Repository } from '@breakwater/restic-format/repository';
import type { TreeNode } from '@breakwater/restic-format/tree';
import type { Command } from 'commander';
import { z } from 'zod';
import { displayPath } from '../source/display-path.ts';
import { withRepository } from './open-repository.ts';
import { type ExitCode, repoAccess, repoSubcommand, runRepoAction } from './repo-action.ts';
import { printable, type RepoOutput } from './repo-output.ts';

const lsOptions = repoAccess.extend({
  snapshot: z.string().min(1),
  path: z.string().default('/'),
  recursive: z.boolean().default(false),
});

export function lsCommand(repo: Command): void {
  repoSubcommand(repo, 'ls <snapshot> [path]', 'list what a snapshot holds; "latest" is the newest')
    .option('--recursive', 'with everything below')
    .action((snapshot: string, path: string | undefined, given: object) =>
      runRepoAction(lsOptions, { ...given, snapshot, path }, lsAction),
    );
}

async function lsAction(
  options: z.infer<typeof lsOptions>,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<ExitCode> {
  return await withRepository<ExitCode>(options, 'none', signal, async (repository, workSignal) => {
    const { snapshot } = await repository.loadSnapshot(options.snapshot, workSignal);
    const names = options.path.split('/').filter((name) => name !== '' && name !== '.');
    let tree: string | null = snapshot.tree;
    let node: TreeNode | undefined;
    for (const name of names) {
      const nodes: TreeNode[] = tree === null ? [] : (await repository.loadTree(tree, workSignal)).nodes;
      node = nodes.find((candidate) => candidate.name === name);
      if (node === undefined) {
        throw new Failure('path-not-found', `The snapshot has no ${options.path}`);
      }
      tree = node.subtree;
    }
    const path = names.length === 0 ? '' : `/${names.join('/')}`;
    if (node !== undefined && tree === null) tell(node, path, output);
    else await listFolder(repository, tree, path, options.recursive, output, workSignal);
    return 0;
  });
}

async function listFolder(
  repository: Repository,
  tree: string | null,
  path: string,
  recursive: boolean,
  output: RepoOutput,
  signal: AbortSignal,
): Promise<void> {
  if (tree === null) return;
  const { nodes } = await repository.loadTree(tree, signal);
  for (const node of nodes) {
    const nodePath = `${path}/${node.name}`;
    tell(node, nodePath, output);
    if (recursive) await listFolder(repository, node.subtree, nodePath, true, output, signal);
  }
}

const TYPE_LETTERS: Record<string, string> = { dir: 'd', symlink: 'l', fifo: 'p', dev: 'b', chardev: 'c' };

function tell(node: TreeNode, path: string, output: RepoOutput): void {
  const shown = displayPath(path);
  const mode = unixPermissions(node.mode).toString(8).padStart(4, '0');
  const mtime = formatGoTime(node.mtime);
  const target = node.type === 'symlink' ? ` -> ${displayPath(node.linkTarget)}` : '';
  output.answer(
    `${TYPE_LETTERS[node.type] ?? '-'} ${mode} ${String(node.uid).padStart(5)} ${String(node.gid).padStart(5)} ${String(node.size).padStart(12)} ${mtime.slice(0, 19).replace('T', ' ')} ${printable(shown + target)}`,
    {
      type: 'node',
      path: shown,
      nodeType: node.type,
      mode,
      uid: node.uid,
      gid: node.gid,
      size: node.size,
      mtime,
      ...(node.type === 'symlink' && { linkTarget: displayPath(node.linkTarget) }),
    },
  );
}
