import { GatewayError } from '../core/errors.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import type { Finish, FinishReason } from '../ir/response.ts'
import type { AnswerFacts, EventMeaning, MutableFacts } from './dialect.ts'
import { openAiErrorIn } from './openai-errors.ts'
import { decodeOpenAiUsage } from './openai-usage.ts'

// What Chat and the legacy Completions share: answers made of `choices`, whole or in chunks.

/** A whole answer. */
export function readChoicesAnswer(body: unknown): AnswerFacts {
  const facts: MutableFacts = {}
  if (isJsonObject(body)) readChoicesEvent(body, facts)
  return facts
}

/** One chunk of a stream, or a whole answer, into `facts`. */
export function readChoicesEvent(json: JsonObject, facts: MutableFacts): EventMeaning {
  const error = openAiErrorIn(json)
  if (error !== undefined) {
    facts.error = error
    return 'error'
  }
  if (typeof json.model === 'string') facts.model ??= json.model
  const usage = decodeOpenAiUsage(json.usage)
  if (usage !== undefined) facts.usage = usage
  const choices = json.choices
  if (!Array.isArray(choices) || choices.length === 0) return usage === undefined ? 'preamble' : 'usage'
  return readChoices(choices, facts)
}

function readChoices(choices: readonly unknown[], facts: MutableFacts): EventMeaning {
  let meaning: EventMeaning = 'preamble'
  for (const choice of choices) {
    if (!isJsonObject(choice)) continue
    const finishReason = reasonOf(choice)
    noteChoice(facts, choice)
    if (finishReason !== undefined) facts.finishReason = finishReason
    if (finishReason !== undefined || showsSomething(choice)) meaning = 'content'
  }
  return meaning
}

/** Some servers send an empty one with every chunk. */
function reasonOf({ finish_reason: reason }: JsonObject): string | undefined {
  return typeof reason === 'string' && reason !== '' ? reason : undefined
}

function noteChoice(facts: MutableFacts, choice: JsonObject): void {
  const number = typeof choice.index === 'number' ? choice.index : 0
  facts.choices ??= new Map()
  if (reasonOf(choice) !== undefined) facts.choices.set(number, true)
  else if (!facts.choices.has(number)) facts.choices.set(number, false)
}

/** Every choice that has begun has said why it finished; servers that leave out `[DONE]` are common. */
export function hasFinished({ choices }: AnswerFacts): boolean {
  return choices !== undefined && [...choices.values()].every(Boolean)
}

/** A first chunk holds only the role and empty content. */
function showsSomething(choice: JsonObject): boolean {
  if (typeof choice.text === 'string') return choice.text !== ''
  const delta = choice.delta
  if (!isJsonObject(delta)) return false
  for (const key in delta) {
    const value = delta[key]
    if (key === 'role' || value === null || value === undefined || value === '') continue
    if (Array.isArray(value) && value.length === 0) continue
    return true
  }
  return false
}

/** `stream_options.include_usage`. Throws `invalid_request` where the options are no object. */
export function asksForUsage(body: JsonObject): boolean {
  const options = body.stream_options
  if (options === undefined || options === null) return false
  if (isJsonObject(options)) return options.include_usage === true
  throw new GatewayError('invalid_request', '"stream_options" must be an object.', { path: 'stream_options' })
}

/**
 * Why an answer ended, as Chat's and Completions' clients know it. What has no name there is never shown as a clean stop: an answer that
 * has something in it counts as cut short, an empty one is an error. Throws `upstream_error`.
 */
export function encodeFinishReason({ unified, raw }: Finish, hasContent: boolean): ChoiceFinish {
  const reason = FINISH[unified]
  if (reason !== undefined) return reason
  if (unified === 'other' && hasContent) return 'length'
  const word = raw === undefined ? '' : ` (${raw})`
  throw new GatewayError('upstream_error', `The provider stopped before the answer was complete${word}.`)
}

export type ChoiceFinish = 'stop' | 'length' | 'tool_calls' | 'content_filter'

const FINISH: Readonly<Record<FinishReason, ChoiceFinish | undefined>> = {
  stop: 'stop',
  'stop-sequence': 'stop',
  length: 'length',
  'tool-calls': 'tool_calls',
  refusal: 'content_filter',
  pause: undefined,
  other: undefined,
}

/** An id in OpenAI's style, the same wherever the request's own id is. */
export function answerId(prefix: string, requestId: string): string {
  return prefix + requestId.replace(/^req_/, '')
}
