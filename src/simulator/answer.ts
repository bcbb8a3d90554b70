import type { Ask, Attachments, ToolOffer } from './ask.ts'
import type { Behaviour } from './models.ts'
import { sampleFromSchema } from './schema-sample.ts'
import { fitPieces, splitFragments, splitPieces, tokensOfPieces } from './tokens.ts'

export type AnswerPart =
  | { readonly type: 'reasoning' | 'text' | 'refusal'; readonly pieces: readonly string[] }
  | ToolCallPart

/** A call; its pieces are the fragments of the arguments' JSON text (or of the free text). */
export interface ToolCallPart {
  readonly type: 'tool-call'
  readonly name: string
  readonly namespace: string | undefined
  readonly isFreeText: boolean
  readonly pieces: readonly string[]
}

export type Finish = 'stop' | 'stop-sequence' | 'length' | 'tool-calls' | 'content-filter' | 'refusal'

/** What the model says, before any dialect. */
export interface Answer {
  readonly parts: readonly AnswerPart[]
  readonly finish: Finish
  readonly stopSequence: string | undefined
  readonly outputTokens: number
  /** Part of `outputTokens`. */
  readonly reasoningTokens: number
}

const REFUSAL = 'I cannot help with that, says the simulated provider.'
const CLOSING =
  'This text was made up by the simulated provider, word by word, so that streaming can be seen without an account.'
const LONG_ANSWER_PIECES = 400
const BIG_PIECE = `${'lorem ipsum dolor sit amet '.repeat(76)}\n`
const BIG_ANSWER_PIECES = 512

/**
 * The answer to a request, the same for the same request. Words in the last user text that matter: the name of a tool
 * or "tool" (call it), "parallel" or "both tools" (call all), "twice" (call each twice), "narrate" (text before each call),
 * "ponder" (reasoning before each call but the first, which has it anyway, where reasoning is on).
 */
export function planAnswer(ask: Ask, behaviour: Behaviour, choiceIndex: number): Answer {
  if (behaviour === 'empty') return finishAnswer([], 'stop')
  if (behaviour === 'refusal')
    return finishAnswer([{ type: 'refusal', pieces: splitPieces(REFUSAL) }], 'refusal')
  const draft = [...reasoningParts(ask), ...contentParts(ask, behaviour, choiceIndex)]
  if (behaviour === 'content-filter') return finishAnswer(draft.map(firstHalf), 'content-filter')
  const stopped = applyStopSequences(draft, ask.stopSequences)
  return applyLimit(stopped.parts, stopped.found, ask.maxOutputTokens)
}

export function joinPieces(part: AnswerPart): string {
  return part.pieces.join('')
}

/** The text of an answer's parts of one kind; undefined where it has none. */
export function textOfParts(answer: Answer, type: 'reasoning' | 'text' | 'refusal'): string | undefined {
  const parts = answer.parts.filter((part) => part.type === type)
  return parts.length === 0 ? undefined : parts.map(joinPieces).join('')
}

export function toolCallsOf(answer: Answer): ToolCallPart[] {
  return answer.parts.filter((part) => part.type === 'tool-call')
}

function reasoningParts(ask: Ask): AnswerPart[] {
  if (!ask.hasReasoning) return []
  const subject = ask.toolResults.length > 0 ? 'the tool result' : `"${excerpt(ask.lastUserText, 60)}"`
  return [
    { type: 'reasoning', pieces: splitPieces(`Let me think about ${subject}. A short answer will do.`) },
  ]
}

function contentParts(ask: Ask, behaviour: Behaviour, choiceIndex: number): AnswerPart[] {
  const calls = toolsToCall(ask)
  if (calls.length === 0) return [{ type: 'text', pieces: textPieces(ask, behaviour, choiceIndex) }]
  const isNarrated = /\bnarrate/i.test(ask.lastUserText)
  const isPondered = ask.hasReasoning && /\bponder/i.test(ask.lastUserText)
  return calls.flatMap((tool, index): AnswerPart[] => {
    const thought = `Next comes call ${index + 1}, of ${tool.name}.`
    return [
      ...(isPondered && index > 0 ? [{ type: 'reasoning' as const, pieces: splitPieces(thought) }] : []),
      ...(isNarrated
        ? [{ type: 'text' as const, pieces: splitPieces(`I will call ${tool.name} now.`) }]
        : []),
      callPart(tool),
    ]
  })
}

function callPart(tool: ToolOffer): ToolCallPart {
  const text = tool.isFreeText
    ? `sample input for ${tool.name}`
    : JSON.stringify(sampleFromSchema(tool.schema))
  const { name, namespace, isFreeText = false } = tool
  return { type: 'tool-call', name, namespace, isFreeText, pieces: splitFragments(text) }
}

function toolsToCall(ask: Ask): readonly ToolOffer[] {
  const { tools, toolChoice, lastUserText } = ask
  if (tools.length === 0 || toolChoice.type === 'none') return []
  if (toolChoice.type === 'named') return tools.filter((tool) => tool.name === toolChoice.name)
  const isForced = toolChoice.type === 'required'
  if (ask.toolResults.length > 0 && !isForced) return []
  const text = lastUserText.toLowerCase()
  const named = tools.filter((tool) => text.includes(tool.name.toLowerCase()))
  const isAsked = /\btools?\b/.test(text) || named.length > 0 || isForced
  if (!isAsked && !/\bparallel\b/.test(text)) return []
  const chosen = /\bparallel\b|\bboth tools\b/.test(text)
    ? tools
    : named.length > 0
      ? named
      : tools.slice(0, 1)
  const calls = /\btwice\b/.test(text) ? [...chosen, ...chosen] : chosen
  return ask.isParallel ? calls : calls.slice(0, 1)
}

function textPieces(ask: Ask, behaviour: Behaviour, choiceIndex: number): readonly string[] {
  if (behaviour === 'big') return Array.from({ length: BIG_ANSWER_PIECES }, () => BIG_PIECE)
  if (behaviour === 'long') return Array.from({ length: LONG_ANSWER_PIECES }, (_, index) => `word${index} `)
  if (ask.format?.type === 'schema') return splitPieces(JSON.stringify(sampleFromSchema(ask.format.schema)))
  const text = plainText(ask, choiceIndex)
  return splitPieces(ask.format ? JSON.stringify({ answer: text }) : text)
}

function plainText(ask: Ask, choiceIndex: number): string {
  const choice = choiceIndex === 0 ? '' : ` (choice ${choiceIndex + 1})`
  const results = ask.toolResults.map((result) => excerpt(result, 300)).join(' | ')
  if (results !== '') return `The tool answered${choice}: ${results}. ${CLOSING}`
  const seen = describeAttachments(ask.attachments)
  return `Simulated answer${choice} to: ${excerpt(ask.lastUserText, 200)}. ${seen}${CLOSING}`
}

function describeAttachments({ images, files, sounds }: Attachments): string {
  const counts = [
    [images, 'image'],
    [files, 'file'],
    [sounds, 'sound'],
  ] as const
  const named = counts.filter(([count]) => count > 0)
  if (named.length === 0) return ''
  return `It came with ${named.map(([count, noun]) => `${count} ${noun}${count === 1 ? '' : 's'}`).join(' and ')}. `
}

function excerpt(text: string, length: number): string {
  const cut = text.slice(0, length)
  return cut.isWellFormed() ? cut : cut.toWellFormed().slice(0, -1)
}

function firstHalf(part: AnswerPart): AnswerPart {
  return { ...part, pieces: part.pieces.slice(0, Math.ceil(part.pieces.length / 2)) }
}

function applyStopSequences(parts: readonly AnswerPart[], stopSequences: readonly string[]) {
  const kept: AnswerPart[] = []
  for (const part of parts) {
    const cut = part.type === 'text' ? cutAtFirst(joinPieces(part), stopSequences) : undefined
    if (cut === undefined) {
      kept.push(part)
      continue
    }
    if (cut.text !== '') kept.push({ type: 'text', pieces: splitPieces(cut.text) })
    return { parts: kept, found: cut.found }
  }
  return { parts: kept, found: undefined }
}

function cutAtFirst(text: string, stopSequences: readonly string[]) {
  let best: { text: string; found: string } | undefined
  for (const found of stopSequences) {
    const index = found === '' ? -1 : text.indexOf(found)
    if (index >= 0 && index < (best?.text.length ?? Number.POSITIVE_INFINITY))
      best = { text: text.slice(0, index), found }
  }
  return best
}

function applyLimit(
  parts: readonly AnswerPart[],
  stopSequence: string | undefined,
  maxTokens = Number.POSITIVE_INFINITY,
): Answer {
  const kept: AnswerPart[] = []
  let room = maxTokens
  for (const part of parts) {
    const tokens = tokensOfPieces(part.pieces)
    if (tokens > room) {
      if (room > 0) kept.push({ ...part, pieces: fitPieces(part.pieces, room) })
      return finishAnswer(kept, 'length')
    }
    kept.push(part)
    room -= tokens
  }
  if (stopSequence !== undefined) return finishAnswer(kept, 'stop-sequence', stopSequence)
  return finishAnswer(kept, kept.some((part) => part.type === 'tool-call') ? 'tool-calls' : 'stop')
}

function finishAnswer(parts: readonly AnswerPart[], finish: Finish, stopSequence?: string): Answer {
  const reasoning = parts.filter((part) => part.type === 'reasoning')
  const count = (list: readonly AnswerPart[]) =>
    list.reduce((sum, part) => sum + tokensOfPieces(part.pieces), 0)
  return { parts, finish, stopSequence, outputTokens: count(parts), reasoningTokens: count(reasoning) }
}
