import type { DialectId } from '../../src/core/dialect-id.ts'
import { startGateway, type TestGateway } from '../support/gateway.ts'
import type { TestClient, ToolSpec } from './clients/conversation.ts'
import { createClient } from './clients.ts'

/** One account per upstream format, each of which speaks nothing else. */
const ACCOUNTS = {
  'openai-chat': { provider: 'openai', dialect: 'openai-chat' },
  'openai-responses': { provider: 'openai', dialect: 'openai-responses' },
  'anthropic-messages': { provider: 'anthropic' },
  gemini: { provider: 'gemini' },
} as const

export type Upstream = keyof typeof ACCOUNTS

export const UPSTREAMS = Object.keys(ACCOUNTS) as readonly Upstream[]

/** Formats that hold a conversation. */
export const TALKERS = ['openai-chat', 'openai-responses', 'anthropic-messages', 'gemini'] as const
/** The legacy format has one prompt and no tools, files or reasoning. */
export const CLIENTS = [...TALKERS, 'openai-completions'] as const
export type Talker = (typeof TALKERS)[number]

export interface Pair<From = DialectId> {
  readonly from: From
  readonly to: Upstream
}

export const PAIRS: readonly Pair[] = pairsOf(CLIENTS)
export const TALKING_PAIRS: readonly Pair<Talker>[] = pairsOf(TALKERS)

/** A model that each upstream's providers run, which reasons and wants its proofs of it back. */
export const REASONERS = {
  'openai-chat': 'deepseek-v4',
  'openai-responses': 'gpt-5.2',
  'anthropic-messages': 'claude-opus-4-8',
  gemini: 'gemini-3-pro',
} as const satisfies Record<Upstream, string>

/** A gateway with one key per upstream format, before one simulated provider that speaks them all. */
export function startMatrix(url = '{simulator}'): Promise<TestGateway> {
  const keys = Object.entries(ACCOUNTS).map(([id, account]) => [
    `vk_${id}`,
    { ...account, api_key: `sk-up-${id}`, base_url: url },
  ])
  return startGateway({ keys: Object.fromEntries(keys), flags: { 'quota.enabled': false } })
}

export function clientFor({ from, to }: Pair, gateway: TestGateway): TestClient {
  return createClient(from, gateway.url, `vk_${to}`)
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape
type Body = any

/** What the upstream was sent last. */
export function lastBody({ simulator }: TestGateway): Body {
  return simulator.received.at(-1)?.body
}

function tool(name: string, property: string): ToolSpec {
  const properties = { [property]: { type: 'string' } }
  return {
    name,
    description: `Looks up by ${property}`,
    schema: { type: 'object', properties, required: [property], additionalProperties: false },
  }
}

export const WEATHER = tool('get_weather', 'city')
export const TIME = tool('get_time', 'timezone')

function pairsOf<From>(clients: readonly From[]): Pair<From>[] {
  return clients.flatMap((from) => UPSTREAMS.map((to) => ({ from, to })))
}
