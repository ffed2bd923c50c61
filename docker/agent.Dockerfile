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
# Without the root's own packages: neither the embedded PostgreSQL nor another Node comes along. Optional ones stay,
# the binary of koffi is one; those of sodium-native lie in one package for every platform.
RUN npm ci --omit=dev --omit=peer --workspace @breakwater/agent \
    && rm -rf node_modules/@types \
    && platform="linux-$(node -p process.arch)" \
    && find node_modules/sodium-native/prebuilds -mindepth 1 -maxdepth 1 ! -name "$platform" -exec rm -r {} +
COPY packages/contract packages/contract
COPY packages/domain packages/domain
COPY packages/process packages/process
COPY packages/restic-format packages/restic-format
COPY packages/storage-client packages/storage-client
COPY apps/agent apps/agent

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=build /app /app
COPY docker/enrol-then-run.mjs docker/agent-health.mjs docker/
RUN ln -s /app/apps/agent/bin/breakwater-agent.mjs /usr/local/bin/breakwater-agent \
    && install -d -o node -g node -m 0700 /data
ENV NODE_ENV=production
# An agent that must read files of every owner is run as root by whoever starts it (compose: user: "0:0").
USER node
VOLUME /data
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "docker/agent-health.mjs"]
# Options of `breakwater-agent enroll`, then perhaps "--" and options of `breakwater-agent run`.
ENTRYPOINT ["node", "docker/enrol-then-run.mjs", "apps/agent/bin/breakwater-agent.mjs", "agent.json"]
