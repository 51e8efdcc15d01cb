# One image for every component; docker-compose.yml says which one a container runs.
FROM node:20-bookworm-slim AS build
WORKDIR /app
# A build behind a registry or CA of one's own sets these; both may be empty.
ARG NPM_CONFIG_REGISTRY
ARG NODE_EXTRA_CA_CERTS
COPY package.json package-lock.json .npmrc ./
RUN npm install --no-save --no-audit --no-fund
COPY tsconfig.json tsconfig.build.json buf.yaml buf.gen.yaml ./
COPY proto proto
COPY scripts scripts
COPY src src
RUN npm run build && npm prune --no-save --omit=dev --no-audit --no-fund

FROM node:20-bookworm-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY bin bin
# Docker gives a new named volume the owner of the directory that it covers.
RUN mkdir -p /var/lib/howbernetes && chown 1000:1000 /var/lib/howbernetes
USER 1000:1000
ENTRYPOINT ["node", "bin/howbernetes"]
