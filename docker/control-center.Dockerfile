# The control center. Build from the checkout's root: docker build -f docker/control-center.Dockerfile .
FROM node:24-bookworm-slim AS manifests
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/web/package.json apps/web/
COPY packages/contract/package.json packages/contract/
COPY packages/domain/package.json packages/domain/
COPY packages/process/package.json packages/process/
COPY packages/restic-format/package.json packages/restic-format/
COPY packages/storage-client/package.json packages/storage-client/

# Everything the build needs, without the root's own packages: no embedded PostgreSQL, no other Node.
FROM manifests AS build
RUN npm ci --omit=dev --workspace @breakwater/web
COPY tsconfig.json prisma.config.ts ./
COPY scripts/no-schema-engine.sh scripts/
COPY prisma prisma
COPY packages packages
COPY apps/web apps/web
ENV NEXT_TELEMETRY_DISABLED=1 NODE_ENV=production CHECKPOINT_DISABLE=1
RUN PRISMA_SCHEMA_ENGINE_BINARY=/app/scripts/no-schema-engine.sh node node_modules/prisma/build/index.js generate
WORKDIR /app/apps/web
# The configuration is written out as JavaScript, so that nothing has to be compiled where the image runs.
RUN node ../../node_modules/next/dist/bin/next build \
    && node -e "const fs = require('node:fs'), { stripTypeScriptTypes } = require('node:module'); \
       fs.writeFileSync('next.config.mjs', stripTypeScriptTypes(fs.readFileSync('next.config.ts', 'utf8')))" \
    && rm -rf next.config.ts .next/cache .next/diagnostics .next/trace* .next/types .next/turbopack

# What runs: without what `next build` has put into the pages already, and without what only builds and tests use.
FROM manifests AS packages
RUN npm pkg delete --workspace @breakwater/web $(printf 'dependencies.%s ' \
      @base-ui/react @tailwindcss/postcss @tanstack/react-query @tanstack/react-table clsx cmdk \
      @fontsource-variable/inter @fontsource-variable/jetbrains-mono @fontsource-variable/noto-sans-sc \
      lucide-react prisma tailwindcss uplot) \
    && npm ci --omit=dev --omit=peer --workspace @breakwater/web \
    && cd node_modules \
    && rm -rf @img @next/swc-* @playwright @types @typescript @vitest playwright playwright-core sharp typescript vitest \
    && platform="linux-$(node -p process.arch)" \
    && find sodium-native/prebuilds -mindepth 1 -maxdepth 1 ! -name "$platform" -exec rm -r {} + \
    && find @prisma/client/runtime -name 'query_compiler_*' ! -name '*.postgresql.*' -delete \
    && find . -name '*.map' -delete

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=packages /app /app
COPY packages packages
COPY prisma/migrations prisma/migrations
COPY --from=build /app/apps/web/server.ts /app/apps/web/reset-admin.ts /app/apps/web/next.config.mjs apps/web/
COPY --from=build /app/apps/web/src/server apps/web/src/server
COPY --from=build /app/apps/web/src/remarks apps/web/src/remarks
COPY --from=build --chown=node:node /app/apps/web/.next apps/web/.next
COPY docker/center-health.mjs docker/make-secrets.mjs docker/make-join-tokens.mjs docker/
RUN install -d -o node -g node -m 0700 /data
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOST=0.0.0.0 PORT=3000 BREAKWATER_DATA=/data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "docker/center-health.mjs"]
CMD ["node", "apps/web/server.ts"]
