# Tocsin in a container: the tarball of a release, unpacked, run as nobody on a read-only root file
# system. Needs BuildKit, which Docker uses by itself.
#   docker build -t tocsin .
#   docker run --read-only --stop-timeout 60 --env-file .env -v tocsin:/data -p 8080:8080 tocsin
# From a tarball that was built before, without building anything:
#   docker build --build-context release=release/out -t tocsin .
# A tag moves with each security update of its image. To build upon one that was tested, name its
# digest as well (`docker buildx imagetools inspect node:22-bookworm-slim` prints it):
#   docker build --build-arg NODE_IMAGE=node:22-bookworm-slim@sha256:… -t tocsin .
ARG NODE_IMAGE=node:22-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /build
# The packages alone first: this layer is made again only when they change.
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
RUN node release/tarball.mjs

FROM scratch AS release
COPY --from=build /build/release/out/ /

FROM ${NODE_IMAGE} AS unpacked
RUN --mount=type=bind,from=release,target=/release \
  mkdir -p /root-of-image/app /root-of-image/usr/local/bin \
  && tar -xzf /release/tocsin-*.tar.gz --strip-components=1 --no-same-owner -C /root-of-image/app \
  && printf "#!/usr/local/bin/node\nimport('/app/dist/main.js');\n" > /root-of-image/usr/local/bin/tocsin \
  && chmod 0755 /root-of-image/usr/local/bin/tocsin \
  && install -d -o 10001 -g 10001 -m 0700 /root-of-image/data

# What follows is also the configuration of the image that release/image.mjs assembles.
FROM ${NODE_IMAGE}
ARG VERSION=unknown
ARG REVISION=unknown
ARG CREATED=unknown
LABEL org.opencontainers.image.title="tocsin" \
  org.opencontainers.image.description="Relays security events from many tools to chats, phones, on-call services and machines, and loses none." \
  org.opencontainers.image.licenses="MIT" \
  org.opencontainers.image.source="https://git.example.com/soc/tocsin" \
  org.opencontainers.image.version="${VERSION}" \
  org.opencontainers.image.revision="${REVISION}" \
  org.opencontainers.image.created="${CREATED}"
ENV NODE_ENV=production \
  DATA_DIR=/data
WORKDIR /app
COPY --from=unpacked /root-of-image/ /
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
VOLUME /data
EXPOSE 8080
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 8080}/healthz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Node itself is process 1, so that SIGTERM reaches it: what is in flight is finished and written
# before it ends. The young generation as on a large machine: within a limit of 512 MiB Node would
# make it small, and a burst costs a quarter more CPU.
ENTRYPOINT ["node", "--max-semi-space-size=16", "/app/dist/main.js"]
CMD ["serve"]
