// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is the notation of the config file
import { describe, expect, test } from 'vitest'
import { problemsIn } from '../../test/support/config.ts'
import type { ConfigProblem } from './problem.ts'

const HASH = 'a'.repeat(64)

const inYaml: [string, string, Partial<ConfigProblem>][] = [
  [
    'an unknown option',
    'server:\n  prot: 1',
    { line: 2, column: 3, path: 'server.prot', suggestion: 'port' },
  ],
  ['an unknown section', 'sever: {}', { line: 1, column: 1, path: 'sever', suggestion: 'server' }],
  ['an option of another section', '\nport: 1', { line: 2, path: 'port', suggestion: 'server.port' }],
  ['an option nobody can guess', 'server: { colour: red }', { line: 1, column: 11, path: 'server.colour' }],
  ['a port that is no number', 'server:\n  port: many', { line: 2, column: 3, path: 'server.port' }],
  ['a port out of range', 'server: { port: 65536 }', { line: 1, column: 11, path: 'server.port' }],
  ['half a request', 'quota: { limit: 0.5 }', { path: 'quota.limit' }],
  ['a quota of nothing', 'quota: { limit: 0 }', { path: 'quota.limit' }],
  [
    'a duration with a strange unit',
    'proxy:\n  connect_timeout: 3 days',
    { line: 2, path: 'proxy.connect_timeout' },
  ],
  ['a duration in its other spelling', 'server: { timeout_seconds: x }', { path: 'server.timeout_seconds' }],
  ['a duration beyond all timers', 'proxy: { stream_timeout: 1000h }', { path: 'proxy.stream_timeout' }],
  ['a size', 'server: { body_limit: 32 mebi }', { path: 'server.body_limit' }],
  ['a switch', 'metrics: { key_labels: maybe }', { path: 'metrics.key_labels' }],
  ['a misspelt word', 'logging: { format: prety }', { path: 'logging.format', suggestion: 'pretty' }],
  ['a list for a section', 'server: []', { line: 1, column: 1, path: 'server' }],
  ['a section for a list', 'gateway_keys: {}', { path: 'gateway_keys' }],
  ['a scalar for the file', 'hello', { line: 1, path: '' }],
  ['a list for the file', '- a', { line: 1, path: '' }],
  ['an empty item', 'gateway_keys:\n  -', { path: 'gateway_keys[0]' }],
  [
    'a missing id',
    `gateway_keys:\n  - key_hash: ${HASH}`,
    { line: 2, column: 5, path: 'gateway_keys[0].id' },
  ],
  [
    'a hash that is the key itself',
    'gateway_keys: [{ id: k, key_hash: sk-secret }]',
    { path: 'gateway_keys[0].key_hash' },
  ],
  [
    'an unknown permission',
    `gateway_keys: [{ id: k, key_hash: ${HASH}, permissions: [reed] }]`,
    { path: 'gateway_keys[0].permissions[0]' },
  ],
  [
    'an id given twice',
    `gateway_keys:\n  - { id: k, key_hash: ${HASH} }\n  - { id: k, key_hash: ${'b'.repeat(64)} }`,
    { line: 3, column: 7, path: 'gateway_keys[1].id' },
  ],
  [
    'a key given twice',
    `gateway_keys:\n  - { id: k, key_hash: ${HASH} }\n  - { id: l, key_hash: ${HASH} }`,
    { line: 3, path: 'gateway_keys[1].key_hash' },
  ],
  [
    'an account that is not there',
    `gateway_keys: [{ id: k, key_hash: ${HASH}, account: prod }]\nupstream_accounts: [{ id: prodd, provider: x, api_key: sk-secret }]`,
    { line: 1, path: 'gateway_keys[0].account', suggestion: 'prodd' },
  ],
  [
    'an account name that two have',
    `gateway_keys: [{ id: k, key_hash: ${HASH}, account: n }]\nupstream_accounts: [{ id: a, name: n, provider: x, api_key: a }, { id: b, name: n, provider: x, api_key: b }]`,
    { path: 'gateway_keys[0].account' },
  ],
  [
    'an account id given twice',
    'upstream_accounts:\n  - { id: a, provider: x, api_key: a }\n  - { id: a, provider: y, api_key: b }',
    { line: 3, path: 'upstream_accounts[1].id' },
  ],
  [
    'an account without key',
    'upstream_accounts: [{ id: a, provider: openai }]',
    { path: 'upstream_accounts[0].api_key' },
  ],
  [
    'a key that is a number',
    'upstream_accounts: [{ id: a, provider: openai, api_key: 12345678 }]',
    { path: 'upstream_accounts[0].api_key' },
  ],
  [
    'an address without scheme',
    'providers: { openai: { base_url: api.openai.com } }',
    { path: 'providers.openai.base_url' },
  ],
  [
    'an address of another scheme',
    'providers: { x: { base_url: "file:///etc" } }',
    { path: 'providers.x.base_url' },
  ],
  [
    'an address with credentials',
    'providers: { x: { base_url: "http://u:sk-secret@h" } }',
    { path: 'providers.x.base_url' },
  ],
  [
    'an address with a fragment',
    'providers: { x: { base_url: "http://h/#f" } }',
    { path: 'providers.x.base_url' },
  ],
  [
    'a key of a provider',
    'providers: { openai: { api_key: sk-secret } }',
    { path: 'providers.openai.api_key' },
  ],
  [
    'a proxy of another kind',
    'environment: { http_proxy: "socks5://sk-secret@h" }',
    { path: 'environment.http_proxy' },
  ],
  [
    'a star in the middle',
    'model_routes: { routes: [{ source_model: "gpt-*-mini" }] }',
    { path: 'model_routes.routes[0].source_model' },
  ],
  [
    'a variable that is not set',
    'server:\n  host: "${NOWHERE}"',
    { line: 2, column: 9, path: 'server.host' },
  ],
  [
    'a variable in a list',
    'server: { cors: { origins: [a, "${NOWHERE}"] } }',
    { path: 'server.cors.origins[1]' },
  ],
  ['something else in ${}', 'server: { host: "${sk-secret}" }', { path: 'server.host' }],
  ['half of TLS', 'server:\n  tls: { cert_file: config.yaml }', { path: 'server.tls.key_file' }],
]

test.each(inYaml)('%s is refused by file, line and path', async (_name, text, expected) => {
  const [problem, ...others] = await problemsIn({ files: { 'config.yaml': text } })
  expect(others).toEqual([])
  expect(problem).toMatchObject({
    ...(expected.path !== 'server.tls.key_file' && { file: 'config.yaml' }),
    ...expected,
  })
  expect(problem?.text).not.toContain('sk-secret')
})

const brokenYaml: [string, string, Partial<ConfigProblem>][] = [
  ['an unclosed bracket', 'server: {\n  port: 1\nsk-secret', {}],
  ['an unclosed quote', 'server:\n  host: "sk-secret', { line: 2 }],
  ['a tab for indentation', 'server:\n\tport: 1', { line: 2 }],
  ['a key that is not quoted', 'a: *sk-secret', { line: 1, column: 4 }],
  ['two documents', 'server: {}\n---\nserver: {}', {}],
  ['a name given twice', 'server: {}\nserver: {}', { line: 2, column: 1 }],
  ['a bad escape', 'a: "\\q sk-secret"', { line: 1 }],
  ['an extra bracket', 'a: []]sk-secret', { line: 1 }],
  ['an unknown tag', 'a: 1\nb: !sk-secret [', { line: 2 }],
]

test.each(brokenYaml)(
  'YAML with %s is refused by its line, without quoting it',
  async (_name, text, expected) => {
    const problems = await problemsIn({ files: { 'config.yaml': text } })
    expect(problems[0]).toMatchObject({
      file: 'config.yaml',
      line: expect.any(Number),
      column: expect.any(Number),
      ...expected,
    })
    expect(problems[0]?.text).not.toContain('sk-secret')
  },
)

test('YAML that blows up through aliases is refused', async () => {
  const lines = Array.from(
    { length: 9 },
    (_, n) => `k${n + 1}: &k${n + 1} [${Array(9).fill(`*k${n}`).join(', ')}]`,
  )
  const problems = await problemsIn({ files: { 'config.yaml': ['k0: &k0 x', ...lines].join('\n') } })
  expect(problems).toMatchObject([{ file: 'config.yaml', message: expect.stringContaining('aliases') }])
})

describe('files that are not there', () => {
  test('a config file named by flag or environment', async () => {
    expect(await problemsIn({ flags: { config: 'a.yaml' } })).toMatchObject([
      { file: 'a.yaml', path: 'command line config' },
    ])
    const environment = { LLM_GATEWAY_CONFIG: 'b.yaml' }
    expect(await problemsIn({ environment })).toMatchObject([
      { file: 'b.yaml', path: expect.stringMatching(/LLM_GATEWAY_CONFIG/) },
    ])
  })

  test('files named in the config file', async () => {
    const text =
      'keys_file: k.json\naiservices_file: s.json\nserver: { tls: { cert_file: c.pem, key_file: k.pem } }'
    const problems = await problemsIn({ files: { 'config.yaml': text } })
    expect(problems.map(({ file }) => file)).toEqual(['k.json', 's.json', 'c.pem', 'k.pem'])
    expect(problems[0]?.message).toMatch(/keys_file \(.*config\.yaml:1\)/)
  })
})

describe('the environment and the command line', () => {
  test.each([
    ['SERVER_PORT', 'sk-secret'],
    ['REQUEST_TIMEOUT', 'soon sk-secret'],
    ['QUOTA_ENABLED', 'sk-secret'],
    ['MAX_REQUESTS_PER_HOUR', '-1'],
    ['HTTPS_PROXY', 'ftp://sk-secret'],
    ['LOG_FORMAT', 'xml'],
  ])('%s=%s is refused by name, without its value', async (variable, value) => {
    const problems = await problemsIn({ environment: { [variable]: value } })
    expect(problems).toMatchObject([{ path: `environment variable ${variable}` }])
    expect(problems[0]?.text).not.toContain('sk-secret')
  })

  test('a wrong value in the file is found even where something else wins', async () => {
    const given = { files: { 'config.yaml': 'server: { port: x }' }, environment: { SERVER_PORT: '1' } }
    expect(await problemsIn(given)).toMatchObject([{ file: 'config.yaml', path: 'server.port' }])
  })

  test('flags are checked like everything else', async () => {
    expect(await problemsIn({ flags: { 'server.port': 'x' } })).toMatchObject([
      { path: 'command line server.port' },
    ])
    expect(await problemsIn({ flags: { 'server.prot': '1' } })).toMatchObject([{ suggestion: 'server.port' }])
  })
})

test('everything that is wrong is told at once, in the order of the file, and reads as lines', async () => {
  const files = { 'config.yaml': 'server: { prot: 1 }\nquota: { limit: x }\nlogging: { level: inf }' }
  const problems = await problemsIn({ files, environment: { SERVER_PORT: 'x' } })
  expect(problems.map(({ line }) => line)).toEqual([1, 2, 3, undefined])
  const lines = problems[0]?.text.split('\n') ?? []
  expect(lines).toHaveLength(5)
  expect(lines[1]).toMatch(/\/config\.yaml:1:11 server\.prot: unknown option \(did you mean "port"\?\)$/)
  expect(lines[4]).toMatch(/^ {2}environment variable SERVER_PORT: /)
})
