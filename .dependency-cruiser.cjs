/** The import rule of the project: who may know whom. CONTRIBUTING.md explains it in words. */
const own = (name) => `^(packages|apps)/${name}/`;
const only = (from, allowed, comment) => ({
  name: `${from.replace('/', '-')}-imports-only`,
  comment,
  severity: 'error',
  from: { path: `^${from}/`, pathNot: '\\.test\\.tsx?$|/testing/' },
  to: {
    path: '^(packages|apps|e2e|bench|scripts)/',
    pathNot: [`^${from}/`, ...allowed.map((name) => `^packages/${name}/`)],
  },
});

module.exports = {
  forbidden: [
    {
      name: 'domain-imports-nothing',
      comment: 'Decisions are pure: they take values and `now`, not even node:* is known to them.',
      severity: 'error',
      from: { path: own('domain'), pathNot: '\\.test\\.ts$' },
      to: { pathNot: '^packages/domain/' },
    },
    only('packages/contract', ['domain'], 'The contract knows domain words and zod.'),
    only('packages/restic-format', ['domain'], 'The format is bytes only.'),
    {
      name: 'restic-format-has-no-io',
      comment:
        'No sockets, no files: it works on a PackStore port. node:module tells threads of compiled code.',
      severity: 'error',
      from: { path: '^packages/restic-format/', pathNot: '\\.test\\.ts$|/testing/' },
      to: {
        dependencyTypes: ['core'],
        pathNot: '^(node:)?(crypto|zlib|buffer|worker_threads|module|util|events)$',
      },
    },
    only('packages/process', [], 'Process plumbing knows nothing of the product.'),
    only(
      'packages/storage-client',
      ['domain', 'contract', 'restic-format', 'process'],
      'The HTTP PackStore.',
    ),
    only(
      'apps/storage-node',
      ['domain', 'contract', 'process', 'storage-client', 'restic-format'],
      'A storage node reads other nodes as anyone does, by the HTTP PackStore.',
    ),
    {
      name: 'storage-node-knows-no-format',
      comment: 'Of the format it knows the port between format and store, and no more.',
      severity: 'error',
      from: { path: '^apps/storage-node/', pathNot: '\\.test\\.ts$|/testing/' },
      to: { path: '^packages/restic-format/', pathNot: '^packages/restic-format/src/pack-store\\.ts$' },
    },
    only(
      'apps/agent',
      ['domain', 'contract', 'process', 'restic-format', 'storage-client'],
      'An agent never imports another app.',
    ),
    only(
      'apps/web',
      ['domain', 'contract', 'process', 'restic-format', 'storage-client'],
      'The control center never imports another app.',
    ),
    {
      name: 'ui-knows-no-server',
      severity: 'error',
      from: { path: '^apps/web/src/ui/' },
      to: { path: ['^apps/web/src/server/', '^packages/(restic-format|storage-client|process)/'] },
    },
    {
      name: 'app-is-thin',
      comment: 'Routes know pages, the contract, and the server only through server/http.',
      severity: 'error',
      from: { path: '^apps/web/src/app/' },
      to: { path: '^apps/web/src/server/', pathNot: '^apps/web/src/server/http/' },
    },
    {
      name: 'records-belong-to-their-noun',
      comment: "Another noun's use cases yes, its records no.",
      severity: 'error',
      from: { path: '^apps/web/src/server/([^/]+)/', pathNot: '\\.test\\.ts$|/testing/' },
      to: { path: '^apps/web/src/server/[^/]+/[^/]+-records\\.ts$', pathNot: '^apps/web/src/server/$1/' },
    },
    {
      name: 'no-cycle',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'no-orphan-import',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: 'generated' },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(generated|\\.next|\\.test)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mts', '.js', '.mjs', '.json'],
    },
  },
};
