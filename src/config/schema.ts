import * as z from 'zod'
import { gatewayKey, modelRoutes, providerOverride, upstreamAccount } from './entries.ts'
import { option } from './option.ts'
import {
  choice,
  databaseUrl,
  duration,
  flag,
  host,
  integer,
  proxyUrl,
  secret,
  size,
  text,
  textList,
  webUrl,
} from './values.ts'

// The only place for an option's name, type, unit, default, meaning and environment variables. `_seconds` after the
// name of a duration (`timeout_seconds`) is a second spelling of every one of them.

const tls = z.strictObject({
  cert_file: option(text.optional(), {
    description: 'PEM file with the certificate chain; read again when it changes.',
    environment: ['TLS_CERT_FILE'],
    defaultText: 'plain HTTP',
  }),
  key_file: option(text.optional(), {
    description: 'PEM file with its private key.',
    environment: ['TLS_KEY_FILE'],
    defaultText: 'plain HTTP',
  }),
})

const server = z.strictObject({
  host: option(host.prefault('127.0.0.1'), {
    description: 'The address to listen on. `0.0.0.0` is every IPv4 interface, `::` is every one.',
    environment: ['SERVER_HOST'],
  }),
  port: option(integer(0, 65_535).prefault(8080), {
    description: 'The port to listen on; 0 takes any free one.',
    environment: ['SERVER_PORT', 'GATEWAY_PORT'],
  }),
  timeout: option(duration.prefault('30s'), {
    description: 'How long a client may take to send its request.',
  }),
  body_limit: option(size.prefault('32MiB'), {
    description: 'The largest request body; a larger one is answered 413.',
  }),
  shutdown_timeout: option(duration.prefault('60s'), {
    description: 'How long running answers may go on after SIGTERM before they are cut.',
  }),
  tls: option(tls.prefault({}), { description: 'HTTPS served directly.' }),
  cors: option(
    z
      .strictObject({
        origins: option(textList.prefault([]), {
          description:
            'Web pages that may call the gateway from a browser, such as `https://app.example.com`; `*` for any.',
        }),
      })
      .prefault({}),
    { description: 'Calls from browsers.' },
  ),
})

const proxy = z.strictObject({
  request_timeout: option(duration.prefault('30s'), {
    description: 'How long a whole answer may take that is not streamed. 0 here and below means no limit.',
    environment: ['REQUEST_TIMEOUT'],
  }),
  first_content_timeout: option(duration.optional(), {
    description: 'How long a streamed answer may take to its first content.',
    defaultText: '`proxy.request_timeout`',
  }),
  idle_timeout: option(duration.optional(), {
    description: 'How long a streamed answer may pause between two chunks.',
    defaultText: '`proxy.request_timeout`',
  }),
  stream_timeout: option(duration.prefault('0s'), {
    description: 'How long a whole streamed answer may take.',
  }),
  response_timeout: option(duration.optional(), {
    description: "How long the upstream's response headers may take.",
    defaultText: '`proxy.request_timeout`',
  }),
  connect_timeout: option(duration.prefault('10s'), { description: 'How long connecting may take.' }),
  tls_timeout: option(duration.prefault('10s'), { description: 'How long the TLS handshake may take.' }),
  idle_conn_timeout: option(duration.prefault('90s'), {
    description: 'How long an unused connection to an upstream is kept.',
  }),
  http2: option(flag.prefault(false), { description: 'Speak HTTP/2 with upstreams that offer it.' }),
})

const quota = z.strictObject({
  enabled: option(flag.prefault(true), {
    description: 'The hourly quota of every key, on or off.',
    environment: ['QUOTA_ENABLED'],
  }),
  limit: option(integer(1).prefault(100), {
    description:
      'Requests per hour and key, in a sliding window, for keys from `keys.json` and the demo key.',
    environment: ['QUOTA_LIMIT', 'MAX_REQUESTS_PER_HOUR'],
  }),
})

const logging = z.strictObject({
  level: option(choice(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).prefault('info'), {
    description: 'The least urgent messages that are still logged.',
  }),
  format: option(choice(['json', 'pretty']).prefault('json'), {
    description: 'One JSON object per line, or indented for reading.',
    environment: ['LOG_FORMAT'],
  }),
  to_file: option(flag.optional(), {
    description: 'Write the log to a file as well.',
    environment: ['LOG_TO_FILE'],
    defaultText: '`false`; `true` if the config file names `logging.file`',
  }),
  file: option(text.prefault('gateway.log'), {
    description: 'That file. It is rotated.',
    environment: ['LOG_FILE_PATH'],
  }),
  max_size: option(size.prefault('50MiB'), { description: 'The size at which the file is rotated.' }),
  max_files: option(integer(1).prefault(5), { description: 'How many rotated files are kept.' }),
  capture: option(choice(['keys-file', 'all', 'none']).prefault('keys-file'), {
    description:
      'Whose request and response bodies are logged: those of keys from `keys.json`, all, or nobody’s.',
  }),
})

const environment = z.strictObject({
  http_proxy: option(proxyUrl.optional(), {
    description: 'The proxy towards `http://` upstreams.',
    environment: ['HTTP_PROXY', 'http_proxy'],
  }),
  https_proxy: option(proxyUrl.optional(), {
    description: 'The proxy towards `https://` upstreams.',
    environment: ['HTTPS_PROXY', 'https_proxy'],
  }),
  no_proxy: option(textList.prefault([]), {
    description: 'Hosts that are reached without a proxy.',
    environment: ['NO_PROXY', 'no_proxy'],
  }),
})

const health = z.strictObject({
  interval: option(duration.prefault('60s'), {
    description: 'How often each account is probed; 0 for never.',
  }),
  timeout: option(duration.prefault('5s'), { description: 'How long a probe may take.' }),
})

const metrics = z.strictObject({
  key_labels: option(flag.prefault(false), {
    description: 'Label metrics by virtual key; one time series per key.',
  }),
})

const database = z.strictObject({
  url: option(databaseUrl.optional(), {
    description:
      'A PostgreSQL database (`postgres://…`), which several gateways may share, for keys, accounts, teams and routes.',
    environment: ['DATABASE_URL'],
    defaultText: 'the SQLite file `gateway.db` in our own folder',
  }),
  query_timeout: option(duration.prefault('5s'), { description: 'How long one query may take.' }),
  pool_size: option(integer(1, 1000).prefault(10), {
    description: 'Connections to PostgreSQL at most.',
  }),
  offline_grace: option(duration.prefault('1h'), {
    description: 'How long keys that were used before keep working while the database cannot be reached.',
  }),
})

const vault = z.strictObject({
  key: option(secret.optional(), {
    description: 'The master key that seals stored credentials: 32 random bytes as base64 or hexadecimal.',
    environment: ['LLM_GATEWAY_MASTER_KEY'],
    defaultText: 'read from `vault.key_file`',
  }),
  key_file: option(text.optional(), {
    description: 'The file that holds it.',
    environment: ['LLM_GATEWAY_MASTER_KEY_FILE'],
    defaultText: '`master.key` in our own folder, made when first needed',
  }),
  previous_key: option(secret.optional(), {
    description: 'The master key of before, still accepted while everything is sealed anew.',
    environment: ['LLM_GATEWAY_MASTER_KEY_PREVIOUS'],
    defaultText: 'none',
  }),
  previous_key_file: option(text.optional(), {
    description: 'The file that holds it.',
    environment: ['LLM_GATEWAY_MASTER_KEY_PREVIOUS_FILE'],
    defaultText: 'the file of the master key with `.previous` behind it',
  }),
})

const admin = z.strictObject({
  enabled: option(flag.prefault(true), { description: 'Serve the admin API below `/api/admin/v1`.' }),
  token: option(secret.optional(), {
    description: 'What administrators present as a bearer token; at least 16 characters.',
    environment: ['LLM_GATEWAY_ADMIN_TOKEN'],
    defaultText: 'made at the first start, and shown once',
  }),
  allow_private_upstreams: option(flag.prefault(false), {
    description:
      'Let the admin API point accounts at private addresses. Configuration and command line always may.',
  }),
})

/** The config file, section by section. */
export const configFileSchema = z.strictObject({
  server: option(server.prefault({}), { description: 'Where and how we listen.' }),
  proxy: option(proxy.prefault({}), { description: 'How we call upstreams.' }),
  gateway_keys: option(z.array(gatewayKey).prefault([]), {
    description: 'Virtual keys: what clients present. They have no quota unless given one.',
  }),
  upstream_accounts: option(z.array(upstreamAccount).prefault([]), {
    description: 'Accounts at providers: what we present.',
  }),
  providers: option(z.record(text.toLowerCase(), providerOverride).prefault({}), {
    description: 'Where providers are reached. An id that we do not know is an OpenAI-compatible provider.',
  }),
  model_routes: option(modelRoutes.prefault({}), {
    description: 'Which model is answered by which, for every key.',
  }),
  quota: option(quota.prefault({}), { description: 'The hourly quota.' }),
  database: option(database.prefault({}), {
    description: 'Where keys, accounts, teams and routes are kept that are made at run time.',
  }),
  vault: option(vault.prefault({}), { description: 'How stored credentials are sealed.' }),
  admin: option(admin.prefault({}), { description: 'The admin API.' }),
  logging: option(logging.prefault({}), { description: 'The log, one entry per request.' }),
  environment: option(environment.prefault({}), { description: 'Proxies towards providers.' }),
  health: option(health.prefault({}), { description: 'Probes of the accounts; they spend no tokens.' }),
  metrics: option(metrics.prefault({}), { description: 'What `GET /metrics` tells.' }),
  keys_file: option(text.optional(), {
    description: 'The file of virtual keys that are pinned to one account each (below).',
    environment: ['KEYS_FILE_PATH', 'KEYS_FILE'],
    defaultText: '`keys.json`, if it exists',
  }),
  aiservices_file: option(text.optional(), {
    description: 'A JSON file of addresses of providers (below).',
    environment: ['AISERVICES_FILE'],
  }),
})

/** `aiservices.json`. */
export const servicesFileSchema = z.record(text.toLowerCase(), webUrl)

/** What the config file says, after validation: snake_case, milliseconds, bytes. */
export type Settings = z.output<typeof configFileSchema>
