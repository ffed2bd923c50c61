// Read by whatever Node there is: nothing here may need a newer one than the refusal's own.
import { refuseOldNode } from './refusal.mjs';

refuseOldNode(process.versions.node);
import('./bootstrap.mjs').then(({ runUnderPinnedNode }) =>
  runUnderPinnedNode('scripts/test-runner/main.ts', process.argv.slice(2)),
);
