# docker build -t llm-gateway . ; `compose.yaml` shows how to run it.
FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# the image brings its own Node.js: the install script that would fetch another is not run
RUN npm ci --ignore-scripts
COPY . .
RUN node scripts/build.ts

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev --ignore-scripts && npm cache clean --force

FROM node:24-slim
WORKDIR /app
ENV NODE_ENV=production \
    SERVER_HOST=0.0.0.0 \
    KEYS_FILE_PATH=/app/keys.json \
    LOG_FILE_PATH=/app/logs/gateway.log \
    LLM_GATEWAY_HOME=/app/data
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE README.md ./
COPY bin ./bin
RUN ln -s /app/bin/llm-gateway.js /usr/local/bin/llm-gateway \
    && mkdir logs data \
    && chown node:node logs data
USER node
VOLUME ["/app/logs", "/app/data"]
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=5s --start-period=10s --start-interval=1s \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.SERVER_PORT || process.env.GATEWAY_PORT || 8080}/health/live`).then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/bin/llm-gateway.js"]
CMD ["server", "start"]
