import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { Carrier, HostedPart, MediaPart } from '../../ir/part.ts'
import type { ChatRequest } from '../../ir/request.ts'
import { loseHosted, loseMedia, loseShape } from '../answer-losses.ts'
import { wrapCarrier } from '../carrier.ts'
import { readArguments } from './encode-parts.ts'
import { encodeInlineData } from './media.ts'
import { UNPROVEN } from './signature.ts'

/** A call that is complete. */
export interface FinishedCall {
  readonly callId: string
  readonly name: string
  readonly input: string
  readonly kind: 'function' | 'custom'
  readonly carrier?: Carrier
}

/**
 * Writes the parts of an answer for a client, in order, whole or as they come. Each method returns the parts that may go out now.
 * A proof of reasoning waits for what follows it: on a function call every client keeps it, on a thought many drop it.
 */
export interface AnswerWriter {
  text(text: string): JsonObject[]
  endText(carrier: Carrier | undefined): JsonObject[]
  thought(text: string): JsonObject[]
  endThought(carrier: Carrier | undefined): JsonObject[]
  call(call: FinishedCall): JsonObject[]
  hosted(part: HostedPart): JsonObject[]
  media(part: MediaPart): JsonObject[]
  /** What is still waiting; calls whose arguments were never finished are left out if the answer was cut short. */
  end(isCutShort: boolean): JsonObject[]
}

export function createAnswerWriter(context: AnswerContext): AnswerWriter {
  const isShowing = showsThoughts(context.request)
  let waiting: string | undefined
  let hiddenThought: string[] = []
  let hasThought = false
  let hasCalls = false
  const broken: FinishedCall[] = []

  const flush = (): JsonObject[] => {
    const signature = waiting
    waiting = undefined
    return signature === undefined ? [] : [thoughtPart('', signature)]
  }

  const proofOf = ({ carrier }: FinishedCall): string | undefined => {
    const proof = carrier === undefined ? waiting : wrapCarrier(carrier, 'gemini')
    if (carrier === undefined) waiting = undefined
    const signature = proof ?? (hasCalls ? undefined : UNPROVEN)
    hasCalls = true
    return signature
  }

  return {
    text: (text) => (text === '' ? [] : [...flush(), { text }]),
    endText: (carrier) =>
      carrier === undefined
        ? []
        : [...flush(), { text: '', thoughtSignature: wrapCarrier(carrier, 'gemini') }],
    thought(text) {
      if (text === '') return []
      hasThought = true
      if (isShowing) return [...flush(), thoughtPart(text)]
      hiddenThought.push(text)
      return []
    },
    endThought(carrier) {
      const hidden = hiddenThought.join('')
      const isTied = hasThought && (carrier?.kind === 'signature' || carrier?.origin === 'gemini')
      hiddenThought = []
      hasThought = false
      if (carrier === undefined) return []
      const before = flush()
      const signature = wrapCarrier(carrier, 'gemini')
      // such a proof holds for these very words, so it must not come back without them
      if (isTied) return [...before, thoughtPart(hidden, signature)]
      waiting = signature
      return before
    },
    call(call) {
      const args = argsOf(call)
      if (args === undefined) {
        broken.push(call)
        return []
      }
      const signature = proofOf(call)
      return [...flush(), callPart(call, args, signature)]
    },
    hosted(part) {
      if (part.dialect === 'gemini') return [...flush(), part.wire]
      loseHosted(context, part)
      return []
    },
    media(part) {
      const blob = part.type === 'audio' ? part : part.source.type === 'base64' ? part.source : undefined
      if (blob !== undefined) return [...flush(), encodeInlineData(blob.mediaType, blob.data)]
      loseMedia(context, part)
      return []
    },
    end(isCutShort) {
      if (!isCutShort && broken.length > 0) loseShape(context)
      const calls = isCutShort
        ? []
        : broken.map((call) => callPart(call, { _raw: call.input }, proofOf(call)))
      return [...calls, ...flush()]
    },
  }
}

/** Gemini's own clients see thoughts only where they ask for them. */
function showsThoughts({ source, reasoning }: ChatRequest): boolean {
  if (source !== 'gemini') return true
  return reasoning?.summary !== undefined && reasoning.summary !== 'none'
}

function thoughtPart(text: string, thoughtSignature?: string): JsonObject {
  return { text, thought: true, ...(thoughtSignature !== undefined && { thoughtSignature }) }
}

function argsOf({ kind, input }: FinishedCall): JsonObject | undefined {
  return kind === 'custom' ? { input } : readArguments(input)
}

function callPart(
  { callId, name }: FinishedCall,
  args: JsonObject,
  signature: string | undefined,
): JsonObject {
  const functionCall = { id: callId, name, args }
  return { functionCall, ...(signature !== undefined && { thoughtSignature: signature }) }
}
