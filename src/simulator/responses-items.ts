import { type Answer, type AnswerPart, joinPieces, type ToolCallPart } from './answer.ts'
import { type JsonObject, listOf, objectOf } from './json.ts'
import { mintId, type Reply, sealNumber } from './reply.ts'
import { sealText } from './signature.ts'

/** An output item together with the part of the answer that it holds. */
export interface OutputItem {
  readonly id: string
  readonly part: AnswerPart
  /** The item as it stands when it is done. */
  readonly done: JsonObject
  /** The item as it is announced, without content. */
  readonly added: JsonObject
}

/** The output items of an answer. @see https://platform.openai.com/docs/api-reference/responses/object */
export function outputItems(reply: Reply, answer: Answer): OutputItem[] {
  return answer.parts.map((part, index) => {
    const isCut = answer.finish === 'length' && index === answer.parts.length - 1
    return outputItem(reply, part, index, isCut ? 'incomplete' : 'completed')
  })
}

/** The pieces of a reasoning summary; none where the request did not ask for one. */
export function summaryPieces(reply: Reply, part: AnswerPart): readonly string[] {
  const { summary, generate_summary } = objectOf(reply.body.reasoning)
  return (summary ?? generate_summary) ? part.pieces : []
}

function outputItem(reply: Reply, part: AnswerPart, index: number, status: string): OutputItem {
  if (part.type === 'reasoning') return reasoningItem(reply, part, index)
  if (part.type === 'tool-call') return callItem(reply, part, index, status)
  const id = mintId('msg_', reply.number, index)
  const base = { id, type: 'message', role: 'assistant' }
  const done = { ...base, status, content: [contentPart(part, joinPieces(part))] }
  return { id, part, done, added: { ...base, status: 'in_progress', content: [] } }
}

/** The one content part of a message item. */
export function contentPart(part: AnswerPart, text: string): JsonObject {
  if (part.type === 'refusal') return { type: 'refusal', refusal: text }
  return { type: 'output_text', annotations: [], logprobs: [], text }
}

function reasoningItem(reply: Reply, part: AnswerPart, index: number): OutputItem {
  const id = mintId('rs_', reply.number, index)
  const isSealed = listOf(reply.body.include).includes('reasoning.encrypted_content')
  const seal = isSealed
    ? { encrypted_content: sealText('encrypted-reasoning', '', sealNumber(reply.number, index)) }
    : {}
  const pieces = summaryPieces(reply, part)
  const summary = pieces.length === 0 ? [] : [{ type: 'summary_text', text: pieces.join('') }]
  const base = { id, type: 'reasoning', ...seal }
  return { id, part, done: { ...base, summary }, added: { ...base, summary: [] } }
}

function callItem(reply: Reply, part: ToolCallPart, index: number, status: string): OutputItem {
  const id = mintId(part.isFreeText ? 'ctc_' : 'fc_', reply.number, index)
  const type = part.isFreeText ? 'custom_tool_call' : 'function_call'
  const group = part.namespace === undefined ? {} : { namespace: part.namespace }
  const base = { id, type, call_id: mintId('call_', reply.number, index), name: part.name, ...group }
  const payload = (text: string) => (part.isFreeText ? { input: text } : { arguments: text })
  const done = { ...base, status, ...payload(joinPieces(part)) }
  return { id, part, done, added: { ...base, status: 'in_progress', ...payload('') } }
}
