import {
  NO_WRITE_HEADER,
  NO_WRITE_VALUE,
  PROBE_LEAST_BYTES,
  PROBE_MEASURE_BYTES,
  PROBE_WARMUP_BYTES,
  type ProbeAnswer,
} from '@breakwater/contract/storage-api';
import { Failure } from '@breakwater/domain/failure';
import { ProbeMeter } from '../../probe/probe-meter.ts';
import { answerJson, answerProblem, discardBody, type Exchange } from '../exchange.ts';
import { bodyTooLarge, receiveBody } from '../receive-body.ts';

/** More than a measurement can use, so that a sender's last chunks do no harm. */
export const PROBE_LIMIT_BYTES = 2 * (PROBE_WARMUP_BYTES + PROBE_MEASURE_BYTES);

/** What comes in arrives in pieces of 64 KiB: under a lower limit too few of them do, bytes a second. */
const LEAST_MEASURABLE = 4 * PROBE_LEAST_BYTES;
const LIMITED_RETRY_SECONDS = 60;

/**
 * `POST /probe`: the ordinary way in for a body, with nowhere to go. Answers 202, as soon as it has measured
 * enough; what the sender sends after that is read and dropped for a moment, then the connection is cut.
 */
export async function probe(exchange: Exchange): Promise<void> {
  const { request, response, claims, node } = exchange;
  if (request.headers[NO_WRITE_HEADER] !== NO_WRITE_VALUE) {
    throw new Failure('invalid-request', 'A probe needs the header X-No-Write: 0.');
  }
  if (!claims.verbs.includes('probe')) {
    throw new Failure('invalid-request', 'X-No-Write needs a probe token: this one is for stored data.');
  }
  const announced = request.headers['content-length'];
  if (announced !== undefined && Number(announced) > PROBE_LIMIT_BYTES) throw bodyTooLarge(PROBE_LIMIT_BYTES);
  const most = node.line.incoming.bytesPerSecond;
  if (most !== null && most < LEAST_MEASURABLE) {
    const reason = `This node is limited to ${most} bytes a second now, which is too little to measure with.`;
    answerProblem(exchange, new Failure('too-many-requests', reason, { retryable: true }), {
      'retry-after': String(LIMITED_RETRY_SECONDS),
    });
    return;
  }
  const admission = node.probeGate.enter(node.peers.count(claims.sub) > 0);
  node.metrics.probe(admission.kind);
  if (admission.kind === 'refused') {
    answerProblem(exchange, new Failure('too-many-requests', admission.reason, { retryable: true }), {
      'retry-after': String(admission.retryAfterSeconds),
    });
    return;
  }
  try {
    if (exchange.expectsContinue) response.writeContinue();
    const answer = await measure(exchange);
    answerJson(exchange, 202, answer);
    discardBody(exchange);
  } finally {
    admission.leave();
  }
}

async function measure({ request, node }: Exchange): Promise<ProbeAnswer> {
  const meter = new ProbeMeter(performance.now());
  const enough = new AbortController();
  const startedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    clearTimeout(timer);
    const remaining = meter.remainingMs(performance.now());
    if (remaining > 0) timer = setTimeout(look, Math.ceil(remaining));
    else enough.abort();
  };
  look();
  try {
    const { sha256 } = await receiveBody(request, {
      limitBytes: PROBE_LIMIT_BYTES,
      append: async () => undefined,
      line: node.line.incoming,
      onArrival: (bytes) => {
        const now = performance.now();
        meter.arrived(bytes, now);
        node.linkPeak.arrived(bytes);
        if (meter.remainingMs(now) <= 0) queueMicrotask(() => enough.abort());
      },
      enough: enough.signal,
    });
    const now = performance.now();
    // Whoever else was held back shared the line with it.
    const limited = node.line.incoming.hasHeld(now - startedAt);
    return { ...meter.result(now, !enough.signal.aborted), sha256, limited, written: false };
  } finally {
    clearTimeout(timer);
  }
}
