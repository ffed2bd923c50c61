import { readFileSync, writeFileSync } from 'node:fs';
import { main } from 'assemblyscript/asc';

/**
 * Compiles packages/restic-format/assembly/rabin-scan.as (AssemblyScript) and puts the bytes into packages/restic-format/src, where
 * a test compares them with what this makes: `node scripts/build-rabin-scan.ts` after a change of the source.
 */
const SOURCE = new URL('../packages/restic-format/assembly/rabin-scan.as', import.meta.url);
const TARGET = new URL('../packages/restic-format/src/rabin-scan-code.ts', import.meta.url);

/** The module's bytes in base64. */
export async function compileRabinScan(): Promise<string> {
  let code = '';
  const { error, stderr } = await main(
    [
      'rabin-scan.ts',
      ...['--runtime', 'stub', '-O3', '--noAssert'],
      ...['--importMemory', '--sharedMemory', '--enable', 'threads'],
      ...['--initialMemory', '1', '--maximumMemory', '65536'],
      ...['--outFile', 'rabin-scan.wasm'],
    ],
    {
      readFile: (name) => (name === 'rabin-scan.ts' ? readFileSync(SOURCE, 'utf8') : null),
      writeFile: (name, content) => {
        if (name === 'rabin-scan.wasm') code = Buffer.from(content).toString('base64');
      },
      listFiles: () => [],
    },
  );
  if (error !== null || code === '') throw new Error(`rabin-scan.ts does not compile: ${stderr.toString()}`);
  return code;
}

if (import.meta.main) {
  const lines = (await compileRabinScan()).match(/.{1,104}/g) ?? [];
  writeFileSync(
    TARGET,
    [
      '/** Compiled from assembly/rabin-scan.as by scripts/build-rabin-scan.ts, in base64. */',
      'export const RABIN_SCAN_CODE =',
      `${lines.map((line) => `  '${line}'`).join(' +\n')};`,
      '',
    ].join('\n'),
  );
}
