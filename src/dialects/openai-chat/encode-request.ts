import type { EncodedRequest, EncodeTarget } from '../../ir/conversion.ts'
import type { ChatRequest, Extra } from '../../ir/request.ts'
import { reportPrompt } from '../completions-prompt.ts'
import { Report } from '../report.ts'
import { nameTools, STRICT_NAMES } from '../tool-names.ts'
import { encodeMessages } from './encode-messages.ts'
import { chooseEffort, encodeAccount, encodeGeneration } from './encode-settings.ts'
import { encodeTools, toolNamesFor } from './encode-tools.ts'
import type { Encoding } from './target.ts'

/** OpenAI spells these alike in Responses and Chat. */
const SHARED_WITH_RESPONSES: ReadonlySet<string> = new Set([
  'prompt_cache_retention',
  'moderation',
  'user',
  'stream_options.include_obfuscation',
])

/**
 * Our request as Chat Completions says it. Throws `unsupported_parameter`.
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export function encodeRequest(request: ChatRequest, target: EncodeTarget): EncodedRequest {
  const report = new Report()
  const names = nameTools(request, STRICT_NAMES, report)
  const isOpenAi = target.capabilities.customTools === true
  const encoding: Encoding = { request, target, report, names, isOpenAi, reported: new Set() }
  reportPrompt(request, report)
  const effort = chooseEffort(encoding)
  const stream = encodeStream(request)
  const extras = encodeExtras(encoding)
  const body = {
    model: target.model,
    messages: encodeMessages(encoding),
    ...encodeTools(encoding),
    ...encodeGeneration(encoding, effort),
    ...encodeAccount(encoding),
    ...extras,
    ...stream,
  }
  return { body, dropped: report.dropped, headers: {}, toolNames: toolNamesFor(encoding) }
}

/** The gateway counts, whether or not the client wants to. */
function encodeStream({ isStreaming, extras }: ChatRequest): object {
  if (!isStreaming) return {}
  const obfuscation = extras.find(({ path }) => path === 'stream_options.include_obfuscation')
  const options = {
    include_usage: true,
    ...(obfuscation !== undefined && { include_obfuscation: obfuscation.value }),
  }
  return { stream: true, stream_options: options }
}

/** The settings of Chat itself and those that Responses shares with it; the rest is accounted for. */
function encodeExtras({ request, report }: Encoding): object {
  const body: Record<string, unknown> = {}
  report.leaveOut(request.extras, 'openai-chat', ({ dialect, path, value }) => {
    const isKnown = dialect === 'openai-chat' ? isTopLevel(path) : isShared(dialect, path)
    if (isKnown && isTopLevel(path) && path !== 'functions') body[path] = value
    return isKnown
  })
  return body
}

function isShared(dialect: Extra['dialect'], path: string): boolean {
  return dialect === 'openai-responses' && SHARED_WITH_RESPONSES.has(path)
}

function isTopLevel(path: string): boolean {
  return !/[.[]/.test(path)
}
