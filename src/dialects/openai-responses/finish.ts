import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { Part } from '../../ir/part.ts'
import type { Finish, FinishReason } from '../../ir/response.ts'

const REASON_OF: Readonly<Record<string, FinishReason>> = {
  max_output_tokens: 'length',
  content_filter: 'refusal',
}

/** What an answer of an upstream held: a response says "completed" whatever it ended with. */
export interface Held {
  readonly hasCall: boolean
  readonly hasRefusal: boolean
}

export function heldIn(parts: readonly Part[]): Held {
  return {
    hasCall: parts.some((part) => part.type === 'tool-call'),
    hasRefusal: parts.some((part) => part.type === 'refusal'),
  }
}

/** Why a response that did not fail ended. @see https://platform.openai.com/docs/api-reference/responses/object (`incomplete_details`) */
export function decodeFinish(response: JsonObject, { hasCall, hasRefusal }: Held): Finish {
  const details = response.incomplete_details
  const reason = isJsonObject(details) ? textOf(details.reason) : ''
  if (response.status === 'incomplete' || reason !== '') {
    const unified = Object.hasOwn(REASON_OF, reason) ? REASON_OF[reason] : undefined
    return { unified: unified ?? 'other', raw: reason === '' ? 'incomplete' : reason }
  }
  const raw = textOf(response.status) || 'completed'
  if (raw !== 'completed') return { unified: 'other', raw }
  if (hasCall) return { unified: 'tool-calls', raw }
  return { unified: hasRefusal ? 'refusal' : 'stop', raw }
}

/** How a client's response ends; `null` stands for a failure, since no status says that an answer is not done. */
export interface Ending {
  readonly status: 'completed' | 'incomplete'
  readonly reason: 'max_output_tokens' | 'content_filter' | null
}

const COMPLETED: Ending = { status: 'completed', reason: null }
const CUT: Ending = { status: 'incomplete', reason: 'max_output_tokens' }
const FILTERED: Ending = { status: 'incomplete', reason: 'content_filter' }

/** What the client has seen by then. */
export interface Shown {
  readonly hasText: boolean
  readonly hasRefusal: boolean
  readonly isEmpty: boolean
}

/** Undefined where the answer must not look like one: the provider paused it, or ended it for a reason unknown before it said anything. */
export function encodeFinish(finish: Finish, shown: Shown): Ending | undefined {
  switch (finish.unified) {
    case 'stop':
    case 'stop-sequence':
    case 'tool-calls':
      return COMPLETED
    case 'length':
      return CUT
    case 'refusal':
      // a refusal in the model's own words is a whole answer; a text that was broken off is not
      return shown.hasRefusal && !shown.hasText ? COMPLETED : FILTERED
    case 'other':
      return shown.isEmpty ? undefined : CUT
    case 'pause':
      return undefined
    default:
      return finish.unified satisfies never
  }
}
