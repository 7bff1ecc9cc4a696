# Tocsin in a container: built with everything, run with nothing but what it needs, as nobody, on a read-only root file system.
#   docker build -t tocsin .
#   docker run --read-only --stop-timeout 60 --env-file .env -v tocsin:/data -p 8080:8080 tocsin
# A tag moves with each security update of its image. To build upon one that was tested, name its digest as well:
#   docker build --build-arg NODE_IMAGE=node:22-bookworm-slim@sha256:… -t tocsin .
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /app
# The packages alone first: this layer is made again only when they change. Scripts later, when there are sources to build.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY build.mjs tsconfig.json ./
COPY release ./release
COPY drizzle ./drizzle
COPY src ./src
# The far ends of `tocsin demo`, which shows everything without an account.
COPY simulators ./simulators
# .npmrc asks for the compiler even in production, so it must go before the packages are pruned.
RUN node build.mjs \
  && rm .npmrc \
  && npm prune --omit=dev --ignore-scripts

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="tocsin" \
  org.opencontainers.image.description="Relays security events from Deep Instinct to Mattermost, Slack, mail and webhooks, and loses none." \
  org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production \
  DATA_DIR=/data
WORKDIR /app
COPY LICENSE package.json ./
COPY bin ./bin
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/drizzle ./drizzle
COPY --from=build /app/dist ./dist
COPY --from=build /app/src/http/page/assets ./src/http/page/assets
# A number, so that Kubernetes can see that it is not root.
# And the command on the path: `docker exec <container> tocsin check`.
RUN install -d -o 10001 -g 10001 -m 0700 /data && ln -s /app/bin/tocsin /usr/local/bin/tocsin
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1, so that SIGTERM reaches it: what is in flight is finished and written before it ends.
# The young generation as on a large machine: within a limit of 512 MiB Node would make it small, and a burst costs a quarter more CPU.
ENTRYPOINT ["node", "--max-semi-space-size=16", "/app/dist/main.js"]
CMD ["serve"]
