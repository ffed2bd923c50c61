import { runUnderPinnedNode } from './bootstrap.mjs';

await runUnderPinnedNode('scripts/launcher/main.ts', process.argv.slice(2));
