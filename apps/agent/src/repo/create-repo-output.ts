import { JsonOutput } from './json-output.ts';
import type { OutputStreams, RepoOutput, Verbosity } from './repo-output.ts';
import { TextOutput } from './text-output.ts';

export function createRepoOutput(
  json: boolean,
  streams: OutputStreams,
  verbosity: Verbosity = 0,
): RepoOutput {
  return json ? new JsonOutput(streams, verbosity) : new TextOutput(streams, verbosity);
}
