import { GatewayError } from '../core/errors.ts'
import type { Part, ToolCallPart, ToolResultPart } from '../ir/part.ts'
import type { ChatRequest, Message } from '../ir/request.ts'
import { clientPath } from './client-path.ts'

/**
 * The request with every tool result in the message right behind its call, which most formats demand: results first, in the order in
 * which they came, then whatever else was said. Throws `invalid_request` for a call without a result, a result without a call, and
 * an id that was used twice: no upstream takes those, and nothing is made up here.
 */
export function checkConversation(request: ChatRequest): ChatRequest {
  const path = clientPath(request.source, 'messages')
  const calls = indexCalls(request.messages, path)
  const results = indexResults(request.messages, calls, path)
  if (calls.size === 0) return request
  for (const callId of calls.keys()) {
    if (!results.has(callId)) throw invalid(path, `The tool call "${callId}" has no result.`)
  }
  return { ...request, messages: rearrange(request.messages, results) }
}

function indexCalls(messages: readonly Message[], path: string): ReadonlyMap<string, ToolCallPart> {
  const calls = new Map<string, ToolCallPart>()
  messages.forEach((message, index) => {
    for (const part of message.parts) {
      if (part.type !== 'tool-call') continue
      if (calls.has(part.callId))
        throw invalid(`${path}[${index}]`, `The tool call id "${part.callId}" is used twice.`)
      calls.set(part.callId, part)
    }
  })
  return calls
}

function indexResults(
  messages: readonly Message[],
  calls: ReadonlyMap<string, ToolCallPart>,
  path: string,
): ReadonlyMap<string, ToolResultPart> {
  const results = new Map<string, ToolResultPart>()
  messages.forEach((message, index) => {
    for (const part of message.parts) {
      if (part.type !== 'tool-result') continue
      const at = `${path}[${index}]`
      if (!calls.has(part.callId))
        throw invalid(at, `The tool result for "${part.callId}" answers no tool call.`)
      if (results.has(part.callId)) throw invalid(at, `The tool call "${part.callId}" has two results.`)
      results.set(part.callId, part)
    }
  })
  return results
}

/** Results move up to right behind their calls; a message that held nothing else goes. */
function rearrange(messages: readonly Message[], results: ReadonlyMap<string, ToolResultPart>): Message[] {
  const arranged: Message[] = []
  let due: ToolResultPart[] = []
  for (const message of messages) {
    const rest =
      message.role === 'system' ? message.parts : message.parts.filter((part) => part.type !== 'tool-result')
    const hadResults = rest.length < message.parts.length
    if (message.role === 'user' && due.length > 0) {
      arranged.push({ ...message, parts: [...due, ...rest] })
      due = []
      continue
    }
    if (due.length > 0) arranged.push({ role: 'user', parts: due })
    due = message.role === 'assistant' ? resultsOf(message.parts, results) : []
    if (rest.length > 0 || !hadResults) arranged.push(withParts(message, rest))
  }
  if (due.length > 0) arranged.push({ role: 'user', parts: due })
  return arranged
}

function withParts(message: Message, parts: readonly Part[]): Message {
  return message.role === 'system' ? message : { ...message, parts }
}

function resultsOf(parts: readonly Part[], results: ReadonlyMap<string, ToolResultPart>): ToolResultPart[] {
  return parts.flatMap((part) => {
    const result = part.type === 'tool-call' ? results.get(part.callId) : undefined
    return result === undefined ? [] : [result]
  })
}

function invalid(path: string, message: string): GatewayError {
  return new GatewayError('invalid_request', message, { path })
}
