import type { TaskAnswer } from '@breakwater/contract/task';
import { asFailure } from '@breakwater/domain/failure';
import type { Center } from '../center.ts';
import { shown } from '../http/field-refusal.ts';
import { say } from '../remarks/say.ts';

/** Somebody waits for the answer, and the paths are only looked at. */
const EXAMINE_MS = 5000;

/**
 * The paths of a task that its server does not have, or cannot read, at this moment. None when its agent is not there
 * or does not answer: they are seen when a run reads them.
 */
export async function pathWarnings(
  center: Center,
  server: string,
  paths: readonly string[],
): Promise<TaskAnswer['warnings']> {
  if (paths.length === 0) return [];
  const agent = await center.agents.byAddress(server);
  if (agent === null) return [];
  try {
    const asked = { paths: [...paths] };
    const { broken } = await center.links.callAgent(agent.id, 'examine-paths', asked, EXAMINE_MS);
    return broken.map(({ path, failure }) => {
      const kind = failure.code === 'path-not-found' ? 'path-missing' : 'path-unreadable';
      const remark = say(kind, { path, server });
      const field = `paths.${paths.indexOf(path)}`;
      return { field, given: shown(field, path), message: remark.text, remark };
    });
  } catch (error) {
    const { code, message } = asFailure(error);
    center.logger.info({ code, reason: message, server }, 'the paths of a task were not looked at');
    return [];
  }
}
