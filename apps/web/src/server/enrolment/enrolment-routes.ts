import {
  agentEnrolment,
  agentEnrolmentAnswer,
  joinTokenAnswer,
  joinTokenInput,
  nodeEnrolment,
  nodeEnrolmentAnswer,
} from '@breakwater/contract/enrolment';
import { PROTOCOL_VERSION } from '@breakwater/contract/protocol-version';
import { Failure } from '@breakwater/domain/failure';
import { z } from 'zod';
import { nameOf } from '../auth/identity.ts';
import { defineRoute } from '../http/route.ts';

const tag = 'Enrolment';
const versioned = z.looseObject({ protocolVersion: z.number().int() });

/** Judged first and alone: a peer of another version may send other fields, and is to hear that it is its version. */
function requireSameVersion(body: unknown): void {
  const spoken = versioned.safeParse(body);
  if (!spoken.success || spoken.data.protocolVersion === PROTOCOL_VERSION) return;
  throw new Failure(
    'protocol-version',
    `this control center speaks protocol version ${PROTOCOL_VERSION}, you speak ${spoken.data.protocolVersion}: install the same version of Breakwater on both`,
  );
}

export const enrolmentRoutes = [
  defineRoute({
    method: 'POST',
    path: '/join-tokens',
    tag,
    summary: 'Make a join token, good for one enrolment; it is shown this once',
    role: 'admin',
    body: joinTokenInput,
    answer: joinTokenAnswer,
    status: 201,
    handle: ({ body, identity, center }) => center.enrolment.createJoinToken(body, nameOf(identity)),
  }),
  defineRoute({
    method: 'POST',
    path: '/enrol/agent',
    tag,
    summary: 'Enrol an agent for a source address',
    role: 'join-token',
    body: agentEnrolment,
    judgeFirst: requireSameVersion,
    answer: agentEnrolmentAnswer,
    status: 201,
    handle: ({ body, center }) => center.enrolment.enrolAgent(body),
  }),
  defineRoute({
    method: 'POST',
    path: '/enrol/storage-node',
    tag,
    summary: 'Enrol a storage node',
    role: 'join-token',
    body: nodeEnrolment,
    judgeFirst: requireSameVersion,
    answer: nodeEnrolmentAnswer,
    status: 201,
    handle: ({ body, center }) => center.enrolment.enrolStorageNode(body),
  }),
];
