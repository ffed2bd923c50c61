// Read by whatever Node there is: nothing here may need a newer one than the refusal's own.
import { refuse, refuseOldNode } from './refusal.mjs';
import { lostOptions } from './lost-options.mjs';

refuseOldNode(process.versions.node);
const lost = lostOptions(process.argv.slice(2), process.env);
if (lost !== null) refuse(lost);
import('./bootstrap.mjs').then(({ runUnderPinnedNode }) =>
  runUnderPinnedNode('scripts/launcher/main.ts', process.argv.slice(2)),
);
