import type { Center } from '../center.ts';
import { refusedField } from '../http/field-refusal.ts';

/**
 * Throws `unknown-address`, naming the field `sourceAddress`, when no agent that backs up is enrolled for this
 * address: none at all, or a maintenance agent.
 */
export async function requireSourceAgent(
  center: Pick<Center, 'agents'>,
  sourceAddress: string,
): Promise<void> {
  const agent = await center.agents.byAddress(sourceAddress);
  if (agent?.role === 'source') return;
  const expected =
    agent === null
      ? 'the address of an enrolled agent'
      : 'the address of a source agent: this one is a maintenance agent, which backs nothing up';
  throw refusedField('sourceAddress', sourceAddress, expected, 'unknown-address');
}
