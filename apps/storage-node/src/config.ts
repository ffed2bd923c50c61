import { parseEnvironment } from '@breakwater/process/config';
import { z } from 'zod';

const shape = {
  BREAKWATER_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'])
    .default('info'),
  /** Share of a node's time that speed probes may take. */
  BREAKWATER_PROBE_SHARE: z.coerce
    .number('expected a number above 0, up to 1')
    .gt(0, 'expected a number above 0, up to 1')
    .max(1, 'expected a number above 0, up to 1')
    .default(0.05),
};

export interface NodeConfig {
  logLevel: string;
  probeShare: number;
}

/** Throws an `Error` of one line for each bad variable. */
export function readConfig(environment: Record<string, string | undefined> = process.env): NodeConfig {
  const values = parseEnvironment(shape, environment);
  return { logLevel: values.BREAKWATER_LOG_LEVEL, probeShare: values.BREAKWATER_PROBE_SHARE };
}
