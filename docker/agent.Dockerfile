# An agent, source or maintenance. Build from the checkout's root: docker build -f docker/agent.Dockerfile .
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/agent/package.json apps/agent/
COPY packages/contract/package.json packages/contract/
COPY packages/domain/package.json packages/domain/
COPY packages/process/package.json packages/process/
COPY packages/restic-format/package.json packages/restic-format/
COPY packages/storage-client/package.json packages/storage-client/
RUN npm ci --omit=dev --omit=optional --ignore-scripts --workspace @breakwater/agent
COPY packages/contract packages/contract
COPY packages/domain packages/domain
COPY packages/process packages/process
COPY packages/restic-format packages/restic-format
COPY packages/storage-client packages/storage-client
COPY apps/agent apps/agent

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=build /app /app
COPY docker/enrol-then-run.mjs docker/
RUN mkdir -p /data && chown node:node /data
ENV NODE_ENV=production
# An agent that must read files of every owner is run as root by whoever starts it (compose: user: "0:0").
USER node
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "-e", "process.exit(require('node:fs').existsSync('/data/agent.json')?0:1)"]
ENTRYPOINT ["node", "docker/enrol-then-run.mjs", "apps/agent/bin/breakwater-agent.mjs", "agent.json"]
