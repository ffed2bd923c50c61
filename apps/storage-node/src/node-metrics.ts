import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Capacity } from './store/space-budget.ts';

/** Counters of one node; several nodes in one process do not share them. */
export class NodeMetrics {
  readonly registry = new Registry();
  readonly #requests: Histogram<'method' | 'route' | 'status'>;
  readonly #received: Counter;
  readonly #sent: Counter;
  readonly #probes: Counter<'outcome'>;
  #transfers = 0;

  constructor(capacity: () => Promise<Capacity>, storedBytes: () => number, isLinked: () => boolean) {
    const registers = [this.registry];
    collectDefaultMetrics({ register: this.registry });
    this.#requests = new Histogram({
      name: 'breakwater_node_request_seconds',
      help: 'Time from a request to the end of its answer.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.025, 0.1, 0.5, 2.5, 10, 60, 600],
      registers,
    });
    this.#received = new Counter({
      name: 'breakwater_node_received_bytes_total',
      help: 'Bytes of bodies that were sent to be stored.',
      registers,
    });
    this.#sent = new Counter({
      name: 'breakwater_node_sent_bytes_total',
      help: 'Bytes of stored files that were read.',
      registers,
    });
    this.#probes = new Counter({
      name: 'breakwater_node_probes_total',
      help: 'Speed probes, admitted or refused.',
      labelNames: ['outcome'],
      registers,
    });
    const gauges: [string, string, () => number | Promise<number>][] = [
      ['transfers_in_flight', 'Files being sent or received.', () => this.#transfers],
      ['stored_bytes', 'Bytes of all stored files.', storedBytes],
      ['disk_total_bytes', 'Size of the volume.', async () => (await capacity()).totalBytes],
      ['disk_free_bytes', 'Free bytes, the reserve included.', async () => (await capacity()).freeBytes],
      ['disk_reserve_bytes', 'Bytes kept for locks and prune.', async () => (await capacity()).reserveBytes],
      ['control_center_connected', '1 while the control center is connected.', () => (isLinked() ? 1 : 0)],
    ];
    for (const [name, help, read] of gauges) {
      new Gauge({
        name: `breakwater_node_${name}`,
        help,
        registers,
        async collect() {
          this.set(await read());
        },
      });
    }
  }

  /** Returns what to call at its end. */
  transferBegan(): () => void {
    this.#transfers += 1;
    return () => {
      this.#transfers -= 1;
    };
  }

  answered(method: string, route: string, status: number, seconds: number): void {
    this.#requests.observe({ method, route, status: String(status) }, seconds);
  }

  received(bytes: number): void {
    this.#received.inc(bytes);
  }

  sent(bytes: number): void {
    this.#sent.inc(bytes);
  }

  probe(outcome: 'admitted' | 'refused'): void {
    this.#probes.inc({ outcome });
  }
}
