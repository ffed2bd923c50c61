import type { RunNode } from '@breakwater/contract/agent-run';
import { Failure } from '@breakwater/domain/failure';
import { failureOf, say } from '../remarks/say.ts';
import { sayRefusal } from '../remarks/say-refusal.ts';
import type { RunContext } from './run-context.ts';

/** The one node whose copy a run is about. Throws `no-node` when the order names none, or one that is refused. */
export function oneCopy(context: RunContext): RunNode {
  const node = context.nodes.all[0];
  if (node === undefined) throw new Failure('no-node', 'the order names no storage node');
  if (node.refusal !== null) {
    const why = sayRefusal(node.refusal);
    throw failureOf('no-node', say('node-unusable', { node: node.nodeName, why }), { retryable: true });
  }
  return node;
}
