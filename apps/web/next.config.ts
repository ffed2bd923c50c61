import { fileURLToPath } from 'node:url';
import type { NextConfig } from 'next';

/** Folder for what Next builds, so that two builds of one checkout do not overwrite each other. */
const distDir = process.env.NEXT_DIST_DIR ?? '.next';

const config: NextConfig = {
  distDir,
  reactStrictMode: true,
  poweredByHeader: false,
  devIndicators: false,
  // Types are checked over the whole project by `npm test`, not once more at every start.
  typescript: { ignoreBuildErrors: true },
  // The workspace's root holds the one node_modules.
  outputFileTracingRoot: fileURLToPath(new URL('../..', import.meta.url)),
  turbopack: { root: fileURLToPath(new URL('../..', import.meta.url)) },
};

export default config;
