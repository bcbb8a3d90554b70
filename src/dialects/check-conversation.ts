import { GatewayError } from '../core/errors.ts'
import type { Part, ToolCallPart, ToolResultPart } from '../ir/part.ts'
import type { ChatRequest, Message } from '../ir/request.ts'
import { keepPlace, placeOf } from './places.ts'

/**
 * The request with every tool result in the message right behind its call, which most formats demand: results first, in the order in
 * which they came, then whatever else was said. Throws `invalid_request` for a call without a result, a result without a call, and
 * an id that was used twice: no upstream takes those, and nothing is made up here.
 */
export function checkConversation(request: ChatRequest): ChatRequest {
  const calls = indexCalls(request)
  const results = indexResults(request, calls)
  if (calls.size === 0) return request
  for (const [callId, call] of calls) {
    if (!results.has(callId)) throw invalid(request, call, `the tool call "${callId}" has no result`)
  }
  return { ...request, messages: rearrange(request, results) }
}

function indexCalls(request: ChatRequest): ReadonlyMap<string, ToolCallPart> {
  const calls = new Map<string, ToolCallPart>()
  for (const { parts } of request.messages) {
    for (const part of parts) {
      if (part.type !== 'tool-call') continue
      if (calls.has(part.callId))
        throw invalid(request, part, `the tool call id "${part.callId}" is used twice`)
      calls.set(part.callId, part)
    }
  }
  return calls
}

function indexResults(
  request: ChatRequest,
  calls: ReadonlyMap<string, ToolCallPart>,
): ReadonlyMap<string, ToolResultPart> {
  const results = new Map<string, ToolResultPart>()
  for (const { parts } of request.messages) {
    for (const part of parts) {
      if (part.type !== 'tool-result') continue
      const { callId } = part
      if (!calls.has(callId))
        throw invalid(request, part, `the tool result for "${callId}" answers no tool call`)
      if (results.has(callId)) throw invalid(request, part, `the tool call "${callId}" has two results`)
      results.set(callId, part)
    }
  }
  return results
}

/** Results move up to right behind their calls; a message that held nothing else goes. */
function rearrange(request: ChatRequest, results: ReadonlyMap<string, ToolResultPart>): Message[] {
  const arranged: Message[] = []
  let due: ToolResultPart[] = []
  const addDue = () => {
    const [first] = due
    if (first !== undefined) arranged.push(keepPlace(request, { role: 'user', parts: due }, first))
  }
  for (const message of request.messages) {
    const rest =
      message.role === 'system' ? message.parts : message.parts.filter((part) => part.type !== 'tool-result')
    const hadResults = rest.length < message.parts.length
    if (message.role === 'user' && due.length > 0) {
      arranged.push(keepPlace(request, { ...message, parts: [...due, ...rest] }, message))
      due = []
      continue
    }
    addDue()
    due = message.role === 'assistant' ? resultsOf(message.parts, results) : []
    if (message.role === 'system' || !hadResults) arranged.push(message)
    else if (rest.length > 0) arranged.push(keepPlace(request, { ...message, parts: rest }, message))
  }
  addDue()
  return arranged
}

function resultsOf(parts: readonly Part[], results: ReadonlyMap<string, ToolResultPart>): ToolResultPart[] {
  return parts.flatMap((part) => {
    const result = part.type === 'tool-call' ? results.get(part.callId) : undefined
    return result === undefined ? [] : [result]
  })
}

function invalid(request: ChatRequest, part: Part, problem: string): GatewayError {
  const path = placeOf(request, part)
  return new GatewayError('invalid_request', `"${path}": ${problem}.`, { path })
}
