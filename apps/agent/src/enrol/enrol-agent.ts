import { agentEnrolment, agentEnrolmentAnswer } from '@breakwater/contract/enrolment';
import { type Problem, problem } from '@breakwater/contract/failure-codes';
import { PROTOCOL_VERSION } from '@breakwater/contract/protocol-version';
import { Failure } from '@breakwater/domain/failure';
import { agentVersion, platform } from '../config.ts';
import { type AgentIdentity, readAgentIdentity, writeAgentIdentity } from './agent-identity.ts';
import { parseServerAddress } from './server-address.ts';

export interface EnrolOptions {
  server: string;
  token: string;
  address: string;
  dataDir: string;
  role: 'source' | 'maintenance';
  insecureHttp: boolean;
}

const ANSWER_MS = 30_000;

/**
 * Enrols this machine for one source address and writes `<data>/agent.json`. Throws a Failure whose message is one
 * sentence to show; nothing is written then.
 */
export async function enrolAgent(options: EnrolOptions): Promise<AgentIdentity> {
  const server = parseServerAddress(options.server, options.insecureHttp);
  const earlier = await readAgentIdentity(options.dataDir);
  if (earlier !== null && earlier.credential !== null) {
    throw new Failure(
      'conflict',
      `${options.dataDir} already holds an agent enrolled for ${earlier.address} with ${earlier.server}: use another --data folder, or remove agent.json there.`,
    );
  }
  const request = agentEnrolment.safeParse({
    protocolVersion: PROTOCOL_VERSION,
    token: options.token,
    role: options.role,
    address: options.address,
    version: agentVersion(),
    platform: platform(),
    insecureHttp: options.insecureHttp,
  });
  if (!request.success) {
    const issue = request.error.issues[0];
    throw new Failure('invalid-request', `--${issue?.path.join('.')} is not usable: ${issue?.message}.`);
  }
  const { status, body } = await post(`${server}/api/v1/enrol/agent`, server, request.data);
  if (status < 200 || status > 299) throw refusal(status, problem.safeParse(body).data, options, server);
  const answer = agentEnrolmentAnswer.safeParse(body);
  if (!answer.success) {
    throw new Failure('unavailable', `${server} does not answer like a Breakwater control center.`);
  }
  const identity: AgentIdentity = {
    version: 1,
    agentId: answer.data.agentId,
    address: answer.data.address,
    role: options.role,
    server,
    insecureHttp: options.insecureHttp,
    credential: answer.data.credential,
  };
  await writeAgentIdentity(options.dataDir, identity);
  return identity;
}

async function post(url: string, server: string, body: unknown): Promise<{ status: number; body: unknown }> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify(body),
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await response.text();
    return { status: response.status, body: parseJson(text) };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure('unavailable', `The control center at ${server} cannot be reached (${why}).`, {
      retryable: true,
      cause: error,
    });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function refusal(status: number, said: Problem | undefined, options: EnrolOptions, server: string): Failure {
  if (said === undefined) {
    return new Failure(
      'unavailable',
      `${server} does not answer like a Breakwater control center (${status}).`,
    );
  }
  switch (said.code) {
    case 'address-taken':
      return new Failure(
        said.code,
        `The address ${options.address} already has an agent: release it in the control center first, or enrol for another address.`,
      );
    case 'join-token-used':
      return new Failure(
        said.code,
        'This join token was used already: make a new one in the control center.',
      );
    case 'join-token-expired':
      return new Failure(said.code, 'This join token has expired: make a new one in the control center.');
    case 'join-token-invalid':
      return new Failure(
        said.code,
        `${server} does not accept this join token: ${lowerFirst(said.detail ?? 'it is unknown, or for something else')}.`,
      );
    case 'protocol-version':
      return new Failure(
        said.code,
        `${server} speaks another protocol version than this agent (${PROTOCOL_VERSION}): install the agent that belongs to it.`,
      );
    default: {
      const fields = said.errors?.map((one) => `${one.field}: ${one.expected}`).join('; ');
      return new Failure(
        said.code,
        `${server} refused the enrolment: ${fields ?? said.detail ?? said.title}`,
      );
    }
  }
}

function lowerFirst(text: string): string {
  return (text.charAt(0).toLowerCase() + text.slice(1)).replace(/\.$/, '');
}
