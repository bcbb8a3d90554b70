import { GatewayError } from '../../core/errors.ts'
import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import type { Carrier, MediaPart } from '../../ir/part.ts'
import { createPartialArguments } from './partial-args.ts'
import { drop, type OpenCall, type OpenText, type Reading } from './reading.ts'
import { ownSignature } from './signature.ts'

/** One part of the answer. @see https://ai.google.dev/api/caching#Part */
export function readPart(reading: Reading, part: JsonObject): void {
  const carrier = ownSignature(part.thoughtSignature)
  if (isJsonObject(part.functionCall)) onCall(reading, part.functionCall, carrier)
  else if (typeof part.text === 'string')
    onText(reading, part.thought === true ? 'reasoning' : 'text', part.text, carrier)
  else if (isJsonObject(part.inlineData)) onMedia(reading, part, part.inlineData, carrier)
  else if (Object.keys(part).some((key) => key !== 'thought' && key !== 'thoughtSignature')) {
    // Google's own tools: only Gemini's clients know them
    closeParts(reading)
    reading.partCount += 1
    reading.events.push({ type: 'hosted', part: { type: 'hosted', dialect: 'gemini', wire: part } })
  } else if (carrier !== undefined) onText(reading, reading.text?.type ?? 'text', '', carrier)
}

/** A signature closes the text that it stands on; an empty text may be there for nothing but the signature. */
function onText(reading: Reading, type: OpenText['type'], text: string, carrier: Carrier | undefined): void {
  if (text === '' && carrier === undefined) return
  const isOther =
    reading.text !== undefined && (reading.text.type !== type || reading.text.carrier !== undefined)
  if (isOther || reading.call !== undefined) closeParts(reading)
  const open = reading.text ?? openText(reading, type)
  open.carrier = carrier
  if (text === '') return
  reading.events.push({ type: `${type}-delta`, id: open.id, text })
  if (type === 'reasoning') return
  reading.said.push(text)
  reading.saidLength += text.length
}

function openText(reading: Reading, type: OpenText['type']): OpenText {
  const id = nextId(reading, type === 'text' ? 't' : 'r')
  if (type === 'text') reading.texts.push({ id, start: reading.saidLength })
  const open: OpenText = { type, id, carrier: undefined }
  reading.text = open
  reading.events.push({ type: `${type}-start`, id })
  return open
}

function nextId(reading: Reading, prefix: string): string {
  const id = `${reading.prefix}${prefix}${reading.partCount}`
  reading.partCount += 1
  return id
}

/** What the model drew, spoke or filmed. Its drafts are thoughts, and stay as hidden as thoughts that are no text can be. */
function onMedia(reading: Reading, part: JsonObject, blob: JsonObject, carrier: Carrier | undefined): void {
  closeParts(reading)
  reading.partCount += 1
  if (part.thought === true) {
    drop(
      reading,
      'candidates[].content.parts',
      'dropped',
      'a draft among the thoughts is no part of the answer',
    )
    return
  }
  if (carrier !== undefined)
    drop(reading, 'candidates[].content.parts', 'dropped', 'the signature of a picture cannot be kept')
  reading.events.push({ type: 'media', part: mediaOf(textOf(blob.mimeType), textOf(blob.data)) })
}

function mediaOf(mediaType: string, data: string): MediaPart {
  const source = { type: 'base64', mediaType, data } as const
  if (mediaType.startsWith('image/')) return { type: 'image', source }
  if (mediaType.startsWith('audio/')) return { type: 'audio', mediaType, data }
  return mediaType.startsWith('video/') ? { type: 'video', source } : { type: 'document', source }
}

function onCall(reading: Reading, wire: JsonObject, carrier: Carrier | undefined): void {
  const name = textOf(wire.name)
  const isNext = reading.call === undefined || (name !== '' && name !== reading.call.name)
  if (isNext) {
    closeParts(reading)
    startCall(reading, wire, name)
  }
  const { call } = reading
  if (call === undefined) return
  call.carrier ??= carrier
  call.args.add(wire.partialArgs)
  if (wire.willContinue !== true)
    closeCall(reading, call, isJsonObject(wire.args) ? JSON.stringify(wire.args) : undefined)
}

function startCall(reading: Reading, wire: JsonObject, name: string): void {
  if (name === '') throw malformed('a function call without a name')
  if (wire.args !== undefined && wire.args !== null && !isJsonObject(wire.args))
    throw malformed('a function call whose arguments are no object')
  const id = nextId(reading, 'c')
  const seed = `${reading.seed}\n${name}\n${JSON.stringify(wire.args ?? null)}`
  reading.call = { id, name, args: createPartialArguments(), carrier: undefined }
  reading.callCount += 1
  const callId = reading.callIds(wire.id, seed)
  reading.events.push({ type: 'tool-call-start', id, callId, name, kind: 'function' })
}

function malformed(what: string): GatewayError {
  return new GatewayError('upstream_malformed', `The provider sent ${what}.`)
}

function closeCall(reading: Reading, call: OpenCall, whole?: string): void {
  const { id, carrier } = call
  reading.call = undefined
  reading.events.push({ type: 'tool-call-delta', id, input: whole ?? call.args.json() })
  reading.events.push({ type: 'tool-call-end', id, ...(carrier !== undefined && { carrier }) })
}

function closeText(reading: Reading): void {
  if (reading.text === undefined) return
  const { type, id, carrier } = reading.text
  reading.text = undefined
  reading.events.push({ type: `${type}-end`, id, ...(carrier !== undefined && { carrier }) })
}

/** Ends the text or the call that is open. */
export function closeParts(reading: Reading): void {
  closeText(reading)
  if (reading.call !== undefined) closeCall(reading, reading.call)
}
