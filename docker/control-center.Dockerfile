# The control center. Build from the checkout's root: docker build -f docker/control-center.Dockerfile .
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/web/package.json apps/web/
COPY apps/agent/package.json apps/agent/
COPY apps/storage-node/package.json apps/storage-node/
COPY packages/contract/package.json packages/contract/
COPY packages/domain/package.json packages/domain/
COPY packages/process/package.json packages/process/
COPY packages/restic-format/package.json packages/restic-format/
COPY packages/storage-client/package.json packages/storage-client/
RUN npm ci --omit=dev --omit=optional --ignore-scripts --workspace @breakwater/web \
    && npm install --no-save --ignore-scripts --include=optional --workspace @breakwater/web
COPY tsconfig.json prisma.config.ts ./
COPY scripts/no-schema-engine.sh scripts/
COPY prisma prisma
COPY packages packages
COPY apps/web apps/web
ENV NEXT_TELEMETRY_DISABLED=1 NODE_ENV=production
RUN PRISMA_SCHEMA_ENGINE_BINARY=/app/scripts/no-schema-engine.sh npx prisma generate \
    && cd apps/web && npx next build && rm -rf .next/cache

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=build /app /app
RUN mkdir -p /data && chown node:node /data
ENV NODE_ENV=production NEXT_TELEMETRY_DISABLED=1 HOST=0.0.0.0 PORT=3000 BREAKWATER_DATA=/data
USER node
VOLUME /data
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:'+(process.env.PORT||3000)+'/readyz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
CMD ["node", "apps/web/server.ts"]
