# syntax=docker/dockerfile:1
# The console's image. What is in it is laid out by `python -m image tree`, the same code that packs the image
# for the tests without an engine. There is no helm in it: this version runs none.
#
#   docker build --tag mission-control:0.2.0 .
#   docker buildx build --platform linux/amd64,linux/arm64 …
#
# Pin the two bases by digest when you build for others: --build-arg DEBIAN=debian@sha256:…
ARG DEBIAN=debian:bookworm-slim
ARG PYTHON=python:3.11-slim-bookworm

# What the image stands on: Debian with its own Python, which Debian's security team keeps.
FROM ${DEBIAN} AS base
# No versions: the newest of the release is wanted, and an older one is soon no longer served.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install --yes --no-install-recommends ca-certificates python3 \
 && rm -rf /var/lib/apt/lists/*

# Where it is laid out, in one go: libraries as wheels for the target, the console with its assets, its bill of materials.
FROM --platform=${BUILDPLATFORM} ${PYTHON} AS build
ARG TARGETARCH=amd64
WORKDIR /source
COPY requirements/run.txt requirements/
COPY image image
COPY pyproject.toml README.md LICENSE ./
COPY docs/causes docs/causes
COPY frontend frontend
COPY src src
COPY --from=base /var/lib/dpkg/status /dpkg-status
RUN python -m image tree --into /image --arch "${TARGETARCH}" --dpkg /dpkg-status

FROM base
ARG VERSION=0.2.0
LABEL org.opencontainers.image.title="Mission Control" \
      org.opencontainers.image.description="The operations console for self-hosted LangSmith, LangGraph Platform and Langflow" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="debian:bookworm-slim"
COPY --from=build /image/etc/passwd /image/etc/group /etc/
COPY --from=build /image/opt /opt
COPY --from=build /image/usr/local/bin /usr/local/bin
COPY --from=build --chown=10001:10001 --chmod=0700 /image/var/lib/mission-control /var/lib/mission-control
ENV HOME=/var/lib/mission-control \
    MC_DATA_DIR=/var/lib/mission-control/state \
    LANG=C.UTF-8
USER 10001:10001
WORKDIR /var/lib/mission-control
EXPOSE 8090
ENTRYPOINT ["mission-control"]
CMD ["serve"]
