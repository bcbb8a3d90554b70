import { type Answer, type AnswerPart, type Finish, joinPieces, toolCallsOf } from './answer.ts'
import { field } from './gemini-fields.ts'
import { type JsonObject, objectOf, parseJson } from './json.ts'
import { isSigningModel } from './models.ts'
import { mintId, type Reply } from './reply.ts'
import { sealText } from './signature.ts'
import { tokensOfPieces } from './tokens.ts'
import type { WireEvent } from './wire-event.ts'

const FINISH = {
  stop: 'STOP',
  'stop-sequence': 'STOP',
  length: 'MAX_TOKENS',
  'tool-calls': 'STOP',
  'content-filter': 'SAFETY',
  refusal: 'STOP',
} as const satisfies Record<Finish, string>

/** A whole GenerateContentResponse. @see https://ai.google.dev/api/generate-content */
export function writeGemini(reply: Reply): JsonObject {
  if (isBlocked(reply)) return blocked(reply)
  const candidates = reply.answers.map((answer, index) => {
    const parts = answerParts(reply, answer, index).map(({ write, pieces }) => write(pieces.join('')))
    const last = parts.pop()
    if (last) parts.push({ ...last, ...closingSignature(reply, answer) })
    return candidate(index, parts, FINISH[answer.finish])
  })
  return { candidates, usageMetadata: writeUsage(reply, totals(reply)), ...responseHead(reply) }
}

/** The same response in chunks: deltas are new parts, a function call arrives whole. */
export function geminiEvents(reply: Reply): WireEvent[] {
  if (isBlocked(reply)) return [{ data: JSON.stringify(blocked(reply)), stage: 'terminal' }]
  const said = { text: 0, thoughts: 0 }
  const events = reply.answers.flatMap((answer, index) =>
    answerParts(reply, answer, index).flatMap(({ part, pieces, write }) =>
      pieces.map((piece) => {
        said[part.type === 'reasoning' ? 'thoughts' : 'text'] += tokensOfPieces([piece])
        return chunk(reply, [candidate(index, [write(piece)])], { ...said }, 'content')
      }),
    ),
  )
  const finishes = reply.answers.map((answer, index) =>
    candidate(index, [{ text: '', ...closingSignature(reply, answer) }], FINISH[answer.finish]),
  )
  return [...events, chunk(reply, finishes, totals(reply), 'terminal')]
}

interface WrittenPart {
  readonly part: AnswerPart
  /** What may be streamed apart: a function call is one piece. */
  readonly pieces: readonly string[]
  readonly write: (text: string) => JsonObject
}

function answerParts(reply: Reply, answer: Answer, candidateIndex: number): WrittenPart[] {
  const calls = toolCallsOf(answer)
  return answer.parts.flatMap((part): WrittenPart[] => {
    switch (part.type) {
      case 'reasoning':
        if (!isShowingThoughts(reply)) return []
        return [{ part, pieces: part.pieces, write: (text) => ({ text, thought: true }) }]
      case 'tool-call': {
        const order = calls.indexOf(part)
        const args = parseJson(joinPieces(part))
        if (args === undefined) return [] // cut by the token limit: Gemini leaves such a call out
        const number = candidateIndex * 100 + order
        return [{ part, pieces: [joinPieces(part)], write: () => callPart(reply, part.name, args, number) }]
      }
      default:
        return [{ part, pieces: part.pieces, write: (text) => ({ text }) }]
    }
  })
}

// parallel calls are one step, and a step is signed once, on its first call
function callPart(reply: Reply, name: string, args: unknown, order: number): JsonObject {
  const id = isSigningModel(reply.model) ? { id: mintId('call-', reply.number, order) } : {}
  const functionCall = { ...id, name, args }
  if (order % 100 !== 0) return { functionCall }
  return { functionCall, thoughtSignature: sealText('thought-signature', '', reply.number) }
}

// newer models sign a reasoned text as well: in a stream on an empty part at the end
function closingSignature({ model, number }: Reply, answer: Answer): JsonObject {
  if (answer.reasoningTokens === 0 || !isSigningModel(model) || toolCallsOf(answer).length > 0) return {}
  return { thoughtSignature: sealText('thought-signature', '', number) }
}

function isShowingThoughts({ body }: Reply): boolean {
  const thinking = objectOf(field(objectOf(field(body, 'generationConfig')), 'thinkingConfig'))
  return field(thinking, 'includeThoughts') === true
}

function candidate(index: number, parts: readonly JsonObject[], finishReason?: string): JsonObject {
  const content = parts.length > 0 ? { parts, role: 'model' } : { role: 'model' }
  return { content, ...(finishReason === undefined ? {} : { finishReason }), index }
}

function isBlocked({ answers }: Reply): boolean {
  return answers[0].finish === 'refusal'
}

function blocked(reply: Reply): JsonObject {
  const usageMetadata = writeUsage(reply, { text: 0, thoughts: 0 })
  return { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata, ...responseHead(reply) }
}

function chunk(
  reply: Reply,
  candidates: readonly JsonObject[],
  said: SaidTokens,
  stage: WireEvent['stage'],
): WireEvent {
  const body = { candidates, usageMetadata: writeUsage(reply, said), ...responseHead(reply) }
  return { data: JSON.stringify(body), stage }
}

function responseHead(reply: Reply): JsonObject {
  return { modelVersion: reply.model, responseId: mintId('', reply.number) }
}

interface SaidTokens {
  readonly text: number
  readonly thoughts: number
}

function totals({ usage }: Reply): SaidTokens {
  return { text: usage.outputTokens - usage.reasoningTokens, thoughts: usage.reasoningTokens }
}

// candidatesTokenCount leaves the thoughts out; promptTokenCount includes what was cached
function writeUsage({ usage }: Reply, { text, thoughts }: SaidTokens): JsonObject {
  return {
    promptTokenCount: usage.inputTokens,
    ...(text > 0 ? { candidatesTokenCount: text } : {}),
    totalTokenCount: usage.inputTokens + text + thoughts,
    ...(usage.cacheReadTokens > 0 ? { cachedContentTokenCount: usage.cacheReadTokens } : {}),
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.inputTokens }],
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
  }
}
