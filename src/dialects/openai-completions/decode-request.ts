import type { JsonObject } from '../../core/json.ts'
import type { ChatRequest, Extra } from '../../ir/request.ts'
import type { DecodeContext } from '../dialect.ts'
import { asksForUsage } from '../openai-choices.ts'
import {
  invalidField,
  present,
  readCount,
  readSampling,
  readStop,
  readText,
  unknownFields,
} from '../openai-parameters.ts'
import { Places, withPlaces } from '../places.ts'
import { optionalFlag, requireModel } from '../request-fields.ts'

const KNOWN: ReadonlySet<string> = new Set(
  `model prompt best_of echo frequency_penalty logit_bias logprobs max_tokens n presence_penalty seed stop stream
  stream_options suffix temperature top_p user`.split(/\s+/),
)

/** The API's own default: an answer of this length is what such a client expects. */
const DEFAULT_MAX_TOKENS = 16

/**
 * A legacy Completions request as ours: its prompt is asked as a message of the user. Throws `invalid_request`.
 * @see https://platform.openai.com/docs/api-reference/completions/create
 */
export function decodeRequest(body: JsonObject, _context: DecodeContext): ChatRequest {
  const model = requireModel(body)
  const prompt = decodePrompt(body.prompt)
  const places = new Places()
  const path = Array.isArray(body.prompt) ? 'prompt[0]' : 'prompt'
  const said = places.note({ type: 'text', text: prompt ?? '' } as const, path)
  const request: ChatRequest = {
    source: 'openai-completions',
    model,
    isStreaming: optionalFlag(body, 'stream'),
    messages: [places.note({ role: 'user', parts: [said] }, path)],
    tools: [],
    maxOutputTokens: readCount(body, 'max_tokens', 1) ?? DEFAULT_MAX_TOKENS,
    stopSequences: readStop(body),
    sampling: readSampling(body),
    ...present('endUserId', readText(body, 'user')),
    wantsStreamUsage: asksForUsage(body),
    extras: [
      ...(prompt === undefined ? [contract('prompt', 'several prompts or token ids')] : []),
      ...contractsOf(body),
      ...unknownFields(body, KNOWN, 'openai-completions'),
    ],
  }
  return withPlaces(request, places)
}

/** One text; undefined for what only a completions model takes: several prompts, or token ids. */
function decodePrompt(prompt: unknown): string | undefined {
  if (typeof prompt === 'string') return prompt
  if (!Array.isArray(prompt) || prompt.length === 0)
    throw invalidField('prompt', 'must be a text or a non-empty list')
  const [first]: unknown[] = prompt
  return prompt.length === 1 && typeof first === 'string' ? first : undefined
}

/** Settings without which the answer would be another one, where they are not at their defaults. */
function contractsOf(body: JsonObject): Extra[] {
  const { suffix, echo, best_of: bestOf, logprobs } = body
  const isGiven = (value: unknown) => value !== undefined && value !== null
  return [
    ...(isGiven(suffix) && suffix !== '' ? [contract('suffix', suffix)] : []),
    ...(isGiven(echo) && echo !== false ? [contract('echo', echo)] : []),
    ...(isGiven(bestOf) && bestOf !== 1 ? [contract('best_of', bestOf)] : []),
    ...(isGiven(logprobs) ? [contract('logprobs', logprobs)] : []),
  ]
}

function contract(path: string, value: unknown): Extra {
  return { dialect: 'openai-completions', path, value, weight: 'contract' }
}
