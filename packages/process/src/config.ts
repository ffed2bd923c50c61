import { readFileSync } from 'node:fs';
import { z } from 'zod';

/**
 * Parses a process's environment once. Every variable may also be given as NAME_FILE, a path whose content is the
 * value. A bad value throws an Error with one line that names the variable, the value and what was expected.
 */
export function parseEnvironment<T extends z.ZodRawShape>(
  shape: T,
  environment: Record<string, string | undefined>,
): z.infer<z.ZodObject<T>> {
  const given: Record<string, string> = {};
  for (const name of Object.keys(shape)) {
    const direct = environment[name];
    const file = environment[`${name}_FILE`];
    if (direct !== undefined && direct !== '') given[name] = direct;
    else if (file !== undefined && file !== '') given[name] = readSecretFile(name, file);
  }
  const parsed = z.object(shape).safeParse(given);
  if (parsed.success) return parsed.data;
  const lines = parsed.error.issues.map((issue) => {
    const name = String(issue.path[0] ?? 'environment');
    const secret = /KEY|PASSWORD|SECRET|TOKEN/.test(name);
    const value = given[name] === undefined ? 'is not set' : secret ? 'is set' : `is "${given[name]}"`;
    return `${name} ${value}: ${issue.message}`;
  });
  throw new Error(lines.join('\n'));
}

function readSecretFile(name: string, file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new Error(`${name}_FILE is "${file}": it cannot be read (${(error as Error).message})`);
  }
}
