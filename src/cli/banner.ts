import type { Config } from '../config/config.ts'
import { VERSION } from '../core/version.ts'
import type { Access } from './access.ts'
import { exampleCall, localUrl } from './example-call.ts'
import { formatFields } from './table.ts'

export interface BannerInput {
  readonly config: Config
  readonly access: Access
  readonly url: string
  /** Whether the value of a local key may be printed: to a terminal, never into a file of logs. */
  readonly secrets: 'shown' | 'hidden'
  readonly bold: (text: string) => string
}

/** What people read when the gateway has started: where it is, how to get in, and a first request to paste. */
export function formatBanner(input: BannerInput): string {
  const { config, access, bold } = input
  const url = localUrl(input.url)
  const fields = [
    ['health', `${url}/health`],
    ['metrics', `${url}/metrics`],
    ['key', describeAccess(input)],
    ['providers', providersOf(config).join(', ') || 'none: no upstream account is configured'],
    ['config', config.files[0] ?? ''],
  ] as const
  const lines = [
    '',
    bold(`llm-gateway ${VERSION} is listening on ${input.url}`),
    '',
    formatFields(fields, '  '),
    'Try it:',
    `  ${exampleCall(config, access, url)}`,
    ...(access.type === 'demo' ? ['', ...NEXT_STEPS] : []),
    '',
  ]
  return `${lines.join('\n')}\n`
}

/** The same as data. The local key's value is only ever in its file. */
export function bannerValue({ config, access, url }: BannerInput): object {
  return { url, access: access.type, ...keyValue(access), providers: providersOf(config) }
}

function keyValue(access: Access): object {
  if (access.type === 'demo') return { key: access.secret }
  return access.type === 'local' ? { key_file: access.file } : {}
}

const NEXT_STEPS = [
  'Nothing is configured yet, so a built-in simulated provider answers. For a real one: llm-gateway upstream add, then',
  'llm-gateway apikey add (in a clone: npx llm-gateway). Or set OPENAI_API_KEY, ANTHROPIC_API_KEY, GEMINI_API_KEY or',
  'DEEPSEEK_API_KEY and start again, or write a keys.json (see keys.example.json).',
]

function describeAccess({ config, access, secrets }: BannerInput): string {
  switch (access.type) {
    case 'demo':
      return `${access.secret} (the demo key; it reaches the simulated provider only)`
    case 'local':
      return secrets === 'shown' ? `${access.secret} (kept in ${access.file})` : `in ${access.file}`
    case 'configured':
      return config.virtualKeys.length === 0
        ? 'those of the store: llm-gateway apikey list'
        : `${config.virtualKeys.length} configured`
  }
}

function providersOf({ accounts }: Config): string[] {
  return [...new Set(accounts.filter(({ status }) => status === 'active').map(({ provider }) => provider))]
}
