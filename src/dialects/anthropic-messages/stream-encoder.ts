import type { AnswerContext } from '../../ir/conversion.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import type { Usage } from '../../ir/usage.ts'
import type { SseEvent } from '../../wire/sse-event.ts'
import { loseHosted, loseMedia, loseServiceTier } from '../answer-losses.ts'
import { messageHead } from './answer-blocks.ts'
import { createTurnstile } from './block-turnstile.ts'
import { createBlockWriter, type PartEvent } from './block-writer.ts'
import { encodeDeltaUsage, encodeUsage } from './encode-usage.ts'
import { encodeError } from './errors.ts'
import { encodeFinish } from './finish.ts'
import { ID } from './id.ts'
import { wireEvent } from './wire-event.ts'

const ORDINARY_TIERS: ReadonlySet<string> = new Set(['default', 'standard', 'auto'])

/**
 * Our events as a Messages stream: one block open at a time, each opened when it has something to show, and counted from 0 without
 * gaps. Nothing follows `message_stop` or an error. Throws `upstream_error` at the finish of an answer of nothing that ended nobody knows
 * why; an `error` may follow.
 * @see https://docs.anthropic.com/en/docs/build-with-claude/streaming
 */
export function createStreamEncoder(context: AnswerContext): (event: StreamEvent) => SseEvent[] {
  const writer = createBlockWriter(context)
  const turnstile = createTurnstile(writer)
  let hasStarted = false
  let hasEnded = false
  let usage: Usage | undefined

  function start(model: string): SseEvent[] {
    if (hasStarted) return []
    hasStarted = true
    // what the prompt took is known only at the end: message_delta has it
    const message = { ...messageHead(context, model), usage: encodeUsage(usage, undefined) }
    return [wireEvent('message_start', { message })]
  }

  function finish(event: StreamEvent & { type: 'finish' }): SseEvent[] {
    const blocks = turnstile.drain()
    const { hasCalls, isEmpty, refusal } = writer
    const end = encodeFinish({ finish: event.finish, hasCalls, isEmpty, refusal, context })
    hasEnded = true
    const { serviceTier } = event
    // the tier stands in `message_start` only, when it is not known yet
    if (serviceTier !== undefined && !ORDINARY_TIERS.has(serviceTier.toLowerCase()))
      loseServiceTier(context, serviceTier)
    return [
      ...blocks,
      wireEvent('message_delta', {
        delta: { ...end, container: null },
        usage: encodeDeltaUsage(event.usage ?? usage),
      }),
      wireEvent('message_stop', {}),
    ]
  }

  function fail(event: StreamEvent & { type: 'error' }): SseEvent[] {
    hasEnded = true
    const { body } = encodeError(event.error, context.requestId)
    return [{ event: 'error', data: JSON.stringify(body) }]
  }

  return (event) => {
    if (hasEnded) return []
    switch (event.type) {
      case 'start':
        return start(event.model)
      case 'usage':
        usage = event.usage
        return []
      case 'ping':
        return [wireEvent('ping', {})]
      case 'dropped':
        return []
      case 'error':
        return fail(event)
      case 'finish':
        return [...start(''), ...finish(event)]
      case 'hosted':
        // what another provider's own tools did has no place here, and must not cut a text in two
        if (event.part.dialect === ID) return [...start(''), ...turnstile.pass(event)]
        loseHosted(context, event.part)
        return []
      case 'media':
        loseMedia(context, event.part)
        return []
      default:
        return [...start(''), ...turnstile.pass(event satisfies PartEvent)]
    }
  }
}
