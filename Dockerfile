# The production image. There is no build step: Node runs the TypeScript as it stands.
#
#   docker run -d --init -p 3000:3000 -v lanyard-data:/data -v lanyard-keys:/keys \
#     -e LANYARD_BASE_URL=https://auth.example.org -e LANYARD_TRUST_PROXY=yes lanyard
#
# TLS ends at the reverse proxy in front. `docker exec … lanyard doctor` checks a running container.

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# No dependency of production needs its install script, or a compiler.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM node:24-slim
LABEL org.opencontainers.image.title="Lanyard" \
      org.opencontainers.image.description="A SMART on FHIR authorization server with a FHIR R4 server" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production \
    LANYARD_MODE=production \
    LANYARD_HOST=0.0.0.0 \
    LANYARD_DATA_DIR=/data \
    LANYARD_KEYS_DIR=/keys
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY package.json LICENSE ./
COPY src ./src
COPY views ./views
RUN chmod 755 src/main.ts \
 && ln -s /app/src/main.ts /usr/local/bin/lanyard \
 && install -d -o node -g node -m 700 /data /keys
USER node
# Back both up, and apart from each other: /keys opens the signing keys that /data holds.
VOLUME ["/data", "/keys"]
EXPOSE 3000
HEALTHCHECK --interval=30s --timeout=5s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.LANYARD_PORT || 3000}/health/ready`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts", "serve"]
