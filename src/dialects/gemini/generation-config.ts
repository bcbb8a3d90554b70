import type { Extra, OutputFormat, Sampling } from '../../ir/request.ts'
import { extra, extrasOf } from './extras.ts'
import {
  asMessage,
  countIn,
  flagIn,
  memberOf,
  messageIn,
  numberIn,
  type ProtoMessage,
  textIn,
  textsIn,
} from './proto-json.ts'
import { jsonSchemaOf } from './schema.ts'

const KNOWN: ReadonlySet<string> = new Set([
  'temperature',
  'topP',
  'topK',
  'seed',
  'presencePenalty',
  'frequencyPenalty',
  'responseLogprobs',
  'logprobs',
  'candidateCount',
  'maxOutputTokens',
  'stopSequences',
  'thinkingConfig',
  'responseMimeType',
  'responseSchema',
  'responseJsonSchema',
])

export interface DecodedConfig {
  readonly maxOutputTokens?: number
  readonly stopSequences: readonly string[]
  readonly sampling: Sampling
  readonly format?: OutputFormat
  readonly extras: readonly Extra[]
}

/** @see https://ai.google.dev/api/generate-content#generationconfig */
export function decodeConfig(config: ProtoMessage): DecodedConfig {
  const maxOutputTokens = countIn(config, 'maxOutputTokens')
  const lost: Extra[] = []
  const format = decodeFormat(config, lost)
  return {
    ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    stopSequences: textsIn(config, 'stopSequences'),
    sampling: decodeSampling(config),
    ...(format !== undefined && { format }),
    extras: [...extrasOf(config, KNOWN), ...lost],
  }
}

const NUMBERS = ['temperature', 'topP', 'topK', 'seed', 'presencePenalty', 'frequencyPenalty'] as const

function decodeSampling(config: ProtoMessage): Sampling {
  const numbers = NUMBERS.map((name) => [name, numberIn(config, name)] as const)
  const choices = countIn(config, 'candidateCount')
  const alternatives = numberIn(config, 'logprobs') ?? 0
  const hasLogprobs = flagIn(config, 'responseLogprobs') === true
  return {
    ...(Object.fromEntries(numbers.filter(([, value]) => value !== undefined)) as Sampling),
    ...(hasLogprobs && { logprobs: alternatives }),
    ...(choices !== undefined && { choices }),
  }
}

function decodeFormat(config: ProtoMessage, lost: Extra[]): OutputFormat | undefined {
  const mediaType = textIn(config, 'responseMimeType')
  const path = memberOf(config, 'responseMimeType')?.path ?? `${config.path}.responseMimeType`
  const jsonSchema = memberOf(config, 'responseJsonSchema')
  const openApiSchema = messageIn(config, 'responseSchema')
  if (mediaType === 'text/x.enum' && openApiSchema !== undefined) {
    // the bare value, without quotes: no JSON mode answers like that
    lost.push(extra(path, mediaType, 'contract'))
    lost.push(extra(openApiSchema.path, openApiSchema.fields, 'contract'))
    return undefined
  }
  if (jsonSchema !== undefined)
    return { type: 'json-schema', schema: asMessage(jsonSchema.value, jsonSchema.path).fields }
  if (openApiSchema !== undefined) {
    const schema = jsonSchemaOf(openApiSchema, (at, value) => lost.push(extra(at, value, 'hint')))
    return { type: 'json-schema', schema }
  }
  if (mediaType === 'application/json') return { type: 'json' }
  if (mediaType === undefined || mediaType === 'text/plain') return undefined
  lost.push(extra(path, mediaType, 'contract'))
  return undefined
}
