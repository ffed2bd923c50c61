import { agentVersion } from '../config.ts';

/** As it stands in snapshots' `program_version`. */
export function programVersion(): string {
  return `breakwater ${agentVersion()}`;
}
