# A storage node. Build from the checkout's root: docker build -f docker/storage-node.Dockerfile .
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY apps/storage-node/package.json apps/storage-node/
COPY packages/contract/package.json packages/contract/
COPY packages/domain/package.json packages/domain/
COPY packages/process/package.json packages/process/
COPY packages/restic-format/package.json packages/restic-format/
COPY packages/storage-client/package.json packages/storage-client/
# Without the root's own packages: neither the embedded PostgreSQL nor another Node comes along.
RUN npm ci --omit=dev --omit=peer --workspace @breakwater/storage-node && rm -rf node_modules/@types
COPY packages/contract packages/contract
COPY packages/domain packages/domain
COPY packages/process packages/process
COPY packages/restic-format packages/restic-format
COPY packages/storage-client packages/storage-client
COPY apps/storage-node apps/storage-node

FROM node:24-bookworm-slim
WORKDIR /app
COPY --from=build /app /app
COPY docker/enrol-then-run.mjs docker/node-health.mjs docker/
RUN ln -s /app/apps/storage-node/bin/breakwater-node.mjs /usr/local/bin/breakwater-node \
    && install -d -o node -g node -m 0700 /data
ENV NODE_ENV=production
USER node
VOLUME /data
EXPOSE 3101
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["node", "docker/node-health.mjs"]
# Options of `breakwater-node enroll`, then perhaps "--" and options of `breakwater-node run`.
ENTRYPOINT ["node", "docker/enrol-then-run.mjs", "apps/storage-node/bin/breakwater-node.mjs", "node.json"]
