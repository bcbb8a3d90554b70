import { GatewayError } from '../../core/errors.ts'
import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { TokenLogprob } from '../../ir/logprobs.ts'
import type { Citation, HostedPart, MediaPart } from '../../ir/part.ts'
import type { Finish } from '../../ir/response.ts'
import type { StreamEvent } from '../../ir/stream-event.ts'
import {
  loseFinishReason,
  loseHosted,
  loseMedia,
  loseServiceTier,
  loseStopSequence,
} from '../answer-losses.ts'
import { properMediaType } from '../media-type.ts'
import { openAiTier } from '../openai-tier.ts'
import { failedResponse } from './errors.ts'
import { encodeFinish } from './finish.ts'
import { responseObject } from './response-object.ts'
import { encodeToolUsage, encodeUsage } from './usage.ts'
import { endCall, flushCall, startCall, writeCall } from './write-call.ts'
import { addLateCitation, endMessage, endText, writeCitation, writeText } from './write-message.ts'
import { endReasoning, writeReasoning } from './write-reasoning.ts'
import {
  addItem,
  createWriterState,
  type Emit,
  finishItem,
  type OpenPart,
  type OpenText,
  type WriterState,
} from './writer-state.ts'

type FinishEvent = Extract<StreamEvent, { type: 'finish' }>

/** Writes an answer down in a client's terms, event by event; at its end the last event holds all of it. */
export interface AnswerWriter {
  step(event: StreamEvent): void
}

/** Calls `emit` with the type and the fields of each event, numbering aside. `step` throws `upstream_error` at an end that must not look like one. */
export function createAnswerWriter(context: AnswerContext, emit: Emit): AnswerWriter {
  const state = createWriterState(context, emit)
  return {
    step(event) {
      if (!state.isOver) step(state, event)
    },
  }
}

function step(state: WriterState, event: StreamEvent): void {
  if (event.type === 'ping' || event.type === 'dropped') return
  if (event.type === 'error') {
    fail(state, event.error)
    return
  }
  begin(state, event)
  switch (event.type) {
    case 'start':
      return
    case 'text-start':
      state.open.set(event.id, openText('text', event.phase))
      return
    case 'refusal-start':
      state.open.set(event.id, openText('refusal', event.phase))
      return
    case 'reasoning-start':
      state.open.set(event.id, { kind: 'reasoning', chunks: [] })
      return
    case 'tool-call-start':
      flushCall(state, 'completed')
      endMessage(state)
      state.open.set(event.id, startCall(state, event))
      return
    case 'text-delta':
    case 'refusal-delta':
      writeDelta(state, event.id, event.text, event.logprobs)
      return
    case 'reasoning-delta':
      writeDelta(state, event.id, event.text)
      return
    case 'tool-call-delta':
      writeDelta(state, event.id, event.input)
      return
    case 'text-citation':
      cite(state, event.id, event.citation)
      return
    case 'text-end':
    case 'reasoning-end':
    case 'tool-call-end':
      endPart(state, event.id, event.carrier)
      return
    case 'refusal-end':
      endPart(state, event.id)
      return
    case 'hosted':
      addHosted(state, event.part)
      return
    case 'media':
      addMedia(state, event.part)
      return
    case 'usage':
      state.usage = event.usage
      return
    case 'finish':
      finish(state, event)
      return
    default:
      event satisfies never
  }
}

function begin(state: WriterState, event: StreamEvent): void {
  if (state.head !== undefined) return
  const { model, createdSeconds } =
    event.type === 'start' ? event : { model: state.context.request.model, createdSeconds: undefined }
  state.head = {
    model: model || state.context.request.model,
    createdSeconds: createdSeconds ?? state.context.nowSeconds,
  }
  const response = responseObject(state.context, state.head)
  state.emit('response.created', { response })
  state.emit('response.in_progress', { response })
}

function openText(kind: OpenText['kind'], phase?: string): OpenText {
  return { kind, phase, chunks: [], citations: [], logprobs: [] }
}

function writeDelta(state: WriterState, id: string, delta: string, logprobs?: readonly TokenLogprob[]): void {
  const part = state.open.get(id)
  if (part === undefined) return
  if (part.kind === 'call') writeCall(state, part, delta)
  else if (part.kind === 'reasoning') writeReasoning(state, part, delta)
  else writeText(state, part, delta, logprobs)
}

/** Sources are often named at the very end, when other parts have come between. */
function cite(state: WriterState, id: string, citation: Citation): void {
  const part = state.open.get(id)
  if (part?.kind === 'text') writeCitation(state, part, citation)
  const ended = state.ended.get(id)
  if (ended !== undefined) addLateCitation(state, ended, citation)
}

function endPart(state: WriterState, id: string, carrier?: Parameters<typeof endCall>[2]): void {
  const part = state.open.get(id)
  if (part === undefined) return
  state.open.delete(id)
  closePart(state, part, carrier)
  if (part.kind !== 'text' || part.place === undefined) return
  const length = part.chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  state.ended.set(id, { place: part.place, length })
}

function closePart(state: WriterState, part: OpenPart, carrier?: Parameters<typeof endCall>[2]): void {
  if (part.kind === 'call') endCall(state, part, carrier)
  else if (part.kind === 'reasoning') endReasoning(state, part, carrier)
  else endText(state, part, carrier)
}

/** Only this API's own blocks can be shown; those of others have no meaning here. */
function addHosted(state: WriterState, part: HostedPart): void {
  if (part.dialect === 'openai-responses') addWhole(state, part.wire)
  else loseHosted(state.context, part)
}

const IMAGE_FORMATS: Readonly<Record<string, string>> = {
  'image/png': 'png',
  'image/jpeg': 'jpeg',
  'image/webp': 'webp',
  'image/gif': 'gif',
}

/** A picture is an item of its own, which says its format: a client that sends it back has no other way to tell. */
function addMedia(state: WriterState, part: MediaPart): void {
  if (part.type !== 'image' || part.source.type !== 'base64') {
    loseMedia(state.context, part)
    return
  }
  const { data, mediaType } = part.source
  const format = IMAGE_FORMATS[properMediaType(mediaType)]
  const said = format === undefined ? {} : { output_format: format }
  addWhole(state, { type: 'image_generation_call', status: 'completed', result: data, ...said })
}

function addWhole(state: WriterState, wire: JsonObject): void {
  flushCall(state, 'completed')
  endMessage(state)
  const prefix = wire.type === 'image_generation_call' ? 'ig' : 'item'
  const { id, index } = addItem(state, prefix, (minted) => ({ id: minted, ...wire }))
  finishItem(state, index, { id, ...wire })
}

function finish(state: WriterState, event: FinishEvent): void {
  for (const part of state.open.values()) closePart(state, part)
  state.open.clear()
  explainRefusal(state, event.finish)
  const ending = encodeFinish(event.finish, shownIn(state))
  state.usage = event.usage ?? state.usage
  const isCut = ending === undefined || ending.reason === 'max_output_tokens'
  const status = isCut ? 'incomplete' : 'completed'
  flushCall(state, status)
  endMessage(state, status)
  if (ending === undefined) throw unfinished(event.finish)
  loseStopSequence(state.context, event.finish)
  loseFinishReason(state.context, event.finish)
  const { usage } = state
  state.isOver = true
  state.emit(`response.${ending.status}`, {
    response: {
      ...currentResponse(state),
      status: ending.status,
      completed_at: ending.status === 'completed' ? state.context.nowSeconds : null,
      incomplete_details: ending.reason === null ? null : { reason: ending.reason },
      service_tier: tierOf(state, event.serviceTier),
      usage: usage === undefined ? null : encodeUsage(usage),
      ...encodeToolUsage(usage),
    },
  })
}

/** The ordinary tier where there is no name for the one that served. */
function tierOf({ context }: WriterState, tier: string | undefined): string {
  if (tier === undefined) return 'default'
  const name = openAiTier(tier)
  if (name === undefined) loseServiceTier(context, tier)
  return name ?? 'default'
}

/** Why the model refused is said in its place where it did not say so itself. */
function explainRefusal(state: WriterState, { unified, explanation }: Finish): void {
  if (unified !== 'refusal' || !explanation || shownIn(state).hasRefusal) return
  const part = openText('refusal')
  writeText(state, part, explanation)
  endText(state, part)
}

function shownIn({ output, message }: WriterState) {
  const inItems = output.flatMap((item) =>
    Array.isArray(item.content) ? (item.content as JsonObject[]) : [],
  )
  const content = [...inItems, ...(message?.content ?? [])]
  return {
    hasText: content.some((part) => part.type === 'output_text'),
    hasRefusal: content.some((part) => part.type === 'refusal'),
    isEmpty: output.length === 0,
  }
}

function unfinished({ unified, raw = unified }: Finish): GatewayError {
  const what = unified === 'pause' ? 'paused its answer' : 'ended its answer without saying anything'
  return new GatewayError('upstream_error', `The provider ${what} (${raw}).`)
}

function currentResponse(state: WriterState): JsonObject {
  const head = state.head ?? {
    model: state.context.request.model,
    createdSeconds: state.context.nowSeconds,
  }
  return { ...responseObject(state.context, head), output: state.output }
}

function fail(state: WriterState, error: GatewayError): void {
  state.isOver = true
  if (state.head === undefined) {
    state.emit('error', { code: error.code, message: error.message, param: error.path ?? null })
    return
  }
  const usage = state.usage === undefined ? null : encodeUsage(state.usage)
  const response = failedResponse({ ...currentResponse(state), usage }, error)
  state.emit('response.failed', { response })
}
