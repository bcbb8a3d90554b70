import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { threadId } from 'node:worker_threads'
import type { DialectId } from '../../../src/core/dialect-id.ts'
import type { JsonSchema } from './json-schema.ts'
import type {
  AnthropicMessagesWire,
  GeminiWire,
  OpenAiChatWire,
  OpenAiCompletionsWire,
  OpenAiResponsesWire,
} from './wire-types.ts'

/** What a format's messages are: a whole answer, one event of a stream, a request, an error. */
export type WireKind = keyof (OpenAiChatWire &
  OpenAiCompletionsWire &
  OpenAiResponsesWire &
  AnthropicMessagesWire &
  GeminiWire)

const ROOTS = {
  'openai-chat': 'OpenAiChatWire',
  'openai-completions': 'OpenAiCompletionsWire',
  'openai-responses': 'OpenAiResponsesWire',
  'anthropic-messages': 'AnthropicMessagesWire',
  gemini: 'GeminiWire',
} as const satisfies Record<DialectId, string>

const TYPES_FILE = fileURLToPath(new URL('wire-types.ts', import.meta.url))
const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url))
const PACKAGES = ['openai', '@anthropic-ai/sdk', '@google/genai', 'ts-json-schema-generator']

let loaded: Promise<Readonly<Record<DialectId, JsonSchema>>> | undefined

/**
 * One JSON Schema per format, with a property for each kind of message, generated from the SDKs' type files. That takes seconds, so they are
 * kept on disk for as long as neither the SDKs nor `wire-types.ts` change.
 */
export function loadSchemas(): Promise<Readonly<Record<DialectId, JsonSchema>>> {
  loaded ??= readOrGenerate()
  return loaded
}

async function readOrGenerate(): Promise<Readonly<Record<DialectId, JsonSchema>>> {
  const file = join(REPOSITORY, 'node_modules/.cache/llm-gateway-tests', `sdk-schemas-${cacheKey()}.json`)
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const schemas = await generate()
  mkdirSync(dirname(file), { recursive: true })
  // test files run side by side: nobody may see half a file
  const unfinished = `${file}.${process.pid}.${threadId}`
  writeFileSync(unfinished, JSON.stringify(schemas))
  renameSync(unfinished, file)
  return schemas
}

function cacheKey(): string {
  const hash = createHash('sha256')
    .update(readFileSync(TYPES_FILE))
    .update(readFileSync(import.meta.filename))
  for (const name of PACKAGES) hash.update(versionOf(name))
  return hash.digest('hex').slice(0, 16)
}

function versionOf(name: string): string {
  const { version } = JSON.parse(readFileSync(join(REPOSITORY, 'node_modules', name, 'package.json'), 'utf8'))
  return `${name}@${version}\n`
}

async function generate(): Promise<Readonly<Record<DialectId, JsonSchema>>> {
  const { createGenerator } = await import('ts-json-schema-generator')
  const generator = createGenerator({
    path: TYPES_FILE,
    tsconfig: join(REPOSITORY, 'tsconfig.json'),
    skipTypeCheck: true,
    jsDoc: 'none',
    functions: 'hide',
    sortProps: false,
  })
  const schemas = Object.entries(ROOTS).map(([format, root]) => [format, generator.createSchema(root)])
  return Object.fromEntries(schemas)
}
