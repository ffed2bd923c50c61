# A storage node. Build from the checkout's root: docker build -f docker/storage-node.Dockerfile .
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/storage-node/package.json apps/storage-node/
COPY packages/contract/package.json packages/contract/
COPY packages/domain/package.json packages/domain/
COPY packages/process/package.json packages/process/
RUN npm ci --omit=dev --omit=optional --ignore-scripts --workspace @breakwater/storage-node
COPY packages/contract packages/contract
COPY packages/domain packages/domain
COPY packages/process packages/process
COPY apps/storage-node apps/storage-node

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=build /app /app
COPY docker/enrol-then-run.mjs docker/
RUN mkdir -p /data && chown node:node /data
ENV NODE_ENV=production
USER node
VOLUME /data
EXPOSE 3101
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "-e", "fetch('http://127.0.0.1:3101/healthz').then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["node", "docker/enrol-then-run.mjs", "apps/storage-node/bin/breakwater-node.mjs", "node.json"]
