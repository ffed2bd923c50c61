import type { RunNode } from '@breakwater/contract/agent-run';
import { Failure } from '@breakwater/domain/failure';
import type { RunContext } from './run-context.ts';

/** The one node whose copy a run is about. Throws `no-node` when the order names none, or one that is refused. */
export function oneCopy(context: RunContext, verb: string): RunNode {
  const node = context.nodes.all[0];
  if (node === undefined) throw new Failure('no-node', 'the order names no storage node');
  if (node.refusal !== null) {
    throw new Failure('no-node', `${node.nodeName} cannot be ${verb}: ${node.refusal}`, { retryable: true });
  }
  return node;
}
