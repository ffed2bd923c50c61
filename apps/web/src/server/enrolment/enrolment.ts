import type {
  agentEnrolment,
  agentEnrolmentAnswer,
  joinTokenAnswer,
  joinTokenInput,
  nodeEnrolment,
  nodeEnrolmentAnswer,
} from '@breakwater/contract/enrolment';
import { Failure } from '@breakwater/domain/failure';
import type { z } from 'zod';
import { hashSecret, newSecret } from '../auth/secret.ts';
import type { Center } from '../center.ts';
import { refusedField } from '../http/field-refusal.ts';
import { say } from '../remarks/say.ts';
import {
  deleteOldJoinTokens,
  enrolWithToken,
  findJoinToken,
  insertJoinToken,
  type JoinTokenRecord,
} from './join-token-records.ts';

export interface Enrolment {
  /** Throws `invalid-request` for a node's token with an address, `address-taken` for one that has an agent. */
  createJoinToken(
    wanted: z.output<typeof joinTokenInput>,
    by: string,
  ): Promise<z.output<typeof joinTokenAnswer>>;
  /**
   * Throws `join-token-invalid`, `join-token-used`, `join-token-expired`, `address-taken`; none of them uses the
   * token up.
   */
  enrolAgent(asked: z.output<typeof agentEnrolment>): Promise<z.output<typeof agentEnrolmentAnswer>>;
  /** Throws as `enrolAgent`, with `name-taken`. */
  enrolStorageNode(asked: z.output<typeof nodeEnrolment>): Promise<z.output<typeof nodeEnrolmentAnswer>>;
}

type Kind = z.output<typeof joinTokenInput>['kind'];
const words: Record<Kind, string> = {
  agent: 'an agent',
  maintenance: 'a maintenance agent',
  'storage-node': 'a storage node',
};

export function createEnrolment(center: Center): Enrolment {
  const refuse = async (outcome: 'used' | 'taken', taken: Failure): Promise<never> => {
    throw outcome === 'used' ? usedFailure() : taken;
  };
  return {
    async createJoinToken(wanted, by) {
      if (wanted.kind === 'storage-node' && wanted.address !== undefined) {
        throw refusedField('address', wanted.address, 'no address: only agents have one');
      }
      if (wanted.address !== undefined) await refuseTaken(center, wanted.address);
      await deleteOldJoinTokens(center.db, new Date(center.now() - 30 * 86_400_000));
      const token = newSecret('bw_join_');
      const expiresAt = new Date(center.now() + wanted.expiresInSeconds * 1000);
      const { kind, address = null } = wanted;
      await center.events.withChange(async (tx, tell) => {
        await insertJoinToken(tx, { kind, address, secretHash: hashSecret(token), expiresAt });
        const remark = say('join-token-made', { by, peer: kind, address });
        await tell({ level: 'info', kind: 'join-token-made', remark });
      });
      return { token, expiresAt: expiresAt.toISOString() };
    },

    async enrolAgent(asked) {
      const kind = asked.role === 'maintenance' ? 'maintenance' : 'agent';
      const token = await usableToken(center, asked.token, kind);
      if (token.address !== null && token.address !== asked.address) {
        throw new Failure(
          'join-token-invalid',
          `this join token is for the address ${token.address}, not for ${asked.address}`,
        );
      }
      const credential = newSecret('bw_agent_');
      const { address, role, version, platform, insecureHttp } = asked;
      const agent = {
        ...{ address, role, version, platform, insecureHttp },
        credentialHash: hashSecret(credential),
      };
      const done = await enrolWithToken(center.events, token.id, new Date(center.now()), { agent }, (id) => ({
        level: insecureHttp ? 'warn' : 'info',
        kind: 'agent-enrolled',
        remark: say('agent-enrolled', { peer: kind, address, plainHttp: insecureHttp }),
        subject: { type: 'agent', id },
      }));
      if (done.outcome !== 'enrolled') {
        return refuse(
          done.outcome,
          new Failure(
            'address-taken',
            `the address ${address} has an agent: an admin must release it before another can enrol for it`,
          ),
        );
      }
      center.live.changed('agents', done.id);
      return { agentId: done.id, credential, address };
    },

    async enrolStorageNode(asked) {
      const token = await usableToken(center, asked.token, 'storage-node');
      const credential = newSecret('bw_node_');
      const { name, url, version, publicKey: publicJwk, insecureHttp } = asked;
      const node = {
        ...{ name, url, version, publicJwk, insecureHttp },
        credentialHash: hashSecret(credential),
      };
      const done = await enrolWithToken(center.events, token.id, new Date(center.now()), { node }, (id) => ({
        level: insecureHttp ? 'warn' : 'info',
        kind: 'node-enrolled',
        remark: say('node-enrolled', { node: name, plainHttp: insecureHttp }),
        subject: { type: 'storage-node', id },
      }));
      if (done.outcome !== 'enrolled') {
        return refuse(
          done.outcome,
          new Failure(
            'name-taken',
            `there is a storage node ${name} already: choose another name, or remove it first`,
          ),
        );
      }
      center.live.changed('storage-nodes', done.id);
      return { nodeId: done.id, credential, name, signingKeys: center.keys.signing.publicKeys };
    },
  };
}

/** It could not be used: better said to whoever asks for it than on the machine it was carried to. */
async function refuseTaken(center: Center, address: string): Promise<void> {
  const agent = await center.agents.byAddress(address);
  if (agent === null) return;
  const which = agent.role === 'maintenance' ? 'the maintenance agent' : 'the agent';
  const expected = `an address without an agent: ${which} ${agent.id} has it, and must be released first`;
  throw refusedField('address', address, expected, 'address-taken');
}

async function usableToken(center: Center, secret: string, kind: Kind): Promise<JoinTokenRecord> {
  const token = await findJoinToken(center.db, hashSecret(secret));
  if (token === null)
    throw new Failure('join-token-invalid', 'this join token is not known: ask an admin for one');
  if (token.usedAt !== null) throw usedFailure();
  if (token.expiresAt.getTime() <= center.now()) {
    throw new Failure(
      'join-token-expired',
      `this join token expired at ${token.expiresAt.toISOString()}: ask an admin for another`,
    );
  }
  if (token.kind !== kind) {
    throw new Failure(
      'join-token-invalid',
      `this join token is for ${words[token.kind as Kind]}, not for ${words[kind]}`,
    );
  }
  return token;
}

function usedFailure(): Failure {
  return new Failure('join-token-used', 'this join token has been used: each is good for one enrolment');
}
