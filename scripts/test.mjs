import { runUnderPinnedNode } from './bootstrap.mjs';

await runUnderPinnedNode('scripts/test-runner/main.ts', process.argv.slice(2));
