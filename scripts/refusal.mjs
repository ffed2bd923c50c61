const OLDEST_NODE = 20;

/** Ends the process with one sentence for people. */
export function refuse(sentence) {
  process.stderr.write(`\n✗ ${sentence}\n`);
  process.exit(1);
}

/** Ends the process when this Node cannot run what comes next. Written so that Node 12 can read it. */
export function refuseOldNode(version) {
  if (Number(version.split('.')[0]) >= OLDEST_NODE) return;
  refuse(`Node ${version} is too old: Breakwater needs Node ${OLDEST_NODE} or newer (nodejs.org).`);
}
