import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { Citation } from '../../ir/part.ts'
import { decodeFinish, isFailure, isUnset } from './finish.ts'
import { decodeGrounding } from './grounding.ts'
import { decodeLogprobs } from './logprobs.ts'
import { readPart } from './read-parts.ts'
import { drop, type Reading } from './reading.ts'

/** What one chunk says of one candidate. Its end is in `reading.finish`, or in `reading.failure`. */
export function readCandidate(reading: Reading, candidate: JsonObject): void {
  const { content, finishReason } = candidate
  const parts =
    isJsonObject(content) && Array.isArray(content.parts) ? content.parts.filter(isJsonObject) : []
  reading.partStarts = []
  for (const part of parts) {
    reading.partStarts.push(reading.saidLength)
    readPart(reading, part)
  }
  readLogprobs(reading, candidate.logprobsResult)
  reading.grounding = candidate.groundingMetadata ?? reading.grounding
  reading.citations = candidate.citationMetadata ?? reading.citations
  if (typeof finishReason === 'string' && !isUnset(finishReason))
    onFinish(reading, finishReason, textOf(candidate.finishMessage))
}

/** The tokens of a chunk go with the last text in it. */
function readLogprobs(reading: Reading, result: unknown): void {
  const logprobs = decodeLogprobs(result)
  if (logprobs === undefined) return
  const last = reading.events.findLastIndex(({ type }) => type === 'text-delta')
  const event = reading.events[last]
  if (event?.type === 'text-delta') reading.events[last] = { ...event, logprobs }
  else if (reading.text?.type === 'text')
    reading.events.push({ type: 'text-delta', id: reading.text.id, text: '', logprobs })
  else
    drop(
      reading,
      'candidates[].logprobsResult',
      'dropped',
      'log probabilities are carried over for text only',
    )
}

function onFinish(reading: Reading, raw: string, message: string): void {
  if (isFailure(raw)) {
    const problem = message || `The model broke off its answer: ${raw}.`
    if (reading.partCount === 0) {
      reading.failure = new GatewayError('upstream_error', problem, { upstreamStatus: 502 })
      return
    }
    drop(reading, FINISH_PATH, 'approximated', `the model broke off its answer: ${raw}`)
  }
  if (raw === 'CONTINUATION')
    drop(
      reading,
      FINISH_PATH,
      'approximated',
      'the model would go on; its answer counts as cut at its length',
    )
  cite(reading)
  const hasCalls = reading.callCount > 0
  reading.finish = decodeFinish(raw, { hasCalls, ...(message !== '' && { message }) })
}

const FINISH_PATH = 'candidates[].finishReason'
const GROUNDING_PATH = 'candidates[].groundingMetadata'

/** Sources are named at the very end, for the answer as a whole: each goes to the text in which its span begins. */
function cite(reading: Reading): void {
  if (reading.grounding === undefined && reading.citations === undefined) return
  const text = reading.said.join('')
  const citations = decodeGrounding(reading.grounding, reading.citations, text, reading.partStarts)
  const { grounding } = reading
  reading.grounding = undefined
  reading.citations = undefined
  for (const citation of citations) {
    const id = textCitedBy(citation, reading)
    if (id !== undefined) reading.events.push({ type: 'text-citation', id, citation })
  }
  if (citations.length > 0 && reading.texts.length === 0)
    drop(reading, GROUNDING_PATH, 'dropped', 'there is no text that the sources could belong to')
  if (isJsonObject(grounding))
    drop(reading, GROUNDING_PATH, 'approximated', 'of the search only its sources are kept')
}

function textCitedBy({ start }: Citation, { texts }: Reading): string | undefined {
  const found = start === undefined ? undefined : texts.findLast((text) => text.start <= start)
  return (found ?? texts.at(-1))?.id
}
