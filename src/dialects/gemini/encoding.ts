import type { EncodeTarget } from '../../ir/conversion.ts'
import type { ChatRequest, Message } from '../../ir/request.ts'
import { clientPath } from '../client-path.ts'
import type { Report } from '../report.ts'
import type { ToolNames } from '../tool-names.ts'

/** What every step of encoding one request shares. */
export interface Encoding {
  readonly request: ChatRequest
  readonly target: EncodeTarget
  readonly names: ToolNames
  readonly report: Report
  /** Of each message, in the client's spelling. */
  readonly paths: readonly string[]
  /** Reports an approximation the first time that it is named: once per request says enough. */
  approximateOnce(path: string, reason: string): void
}

export function createEncoding(
  request: ChatRequest,
  target: EncodeTarget,
  names: ToolNames,
  report: Report,
): Encoding {
  const reported = new Set<string>()
  return {
    request,
    target,
    names,
    report,
    paths: pathsOf(request),
    approximateOnce(path, reason) {
      if (reported.has(reason)) return
      reported.add(reason)
      report.approximate(path, reason)
    },
  }
}

/** Where each message of ours stands in the client's request, as nearly as that can be told. */
function pathsOf({ source, messages }: ChatRequest): string[] {
  const list = clientPath(source, 'messages')
  const leading = messages.findIndex((message) => message.role !== 'system')
  let chatIndex = 0
  return messages.map((message, index) => {
    const ownChatIndex = chatIndex
    chatIndex += chatMessages(message)
    if (source === 'openai-chat') return `${list}[${ownChatIndex}]`
    if (source === 'openai-responses' || source === 'openai-completions') return list
    return index < leading ? clientPath(source, 'system') : `${list}[${index - leading}]`
  })
}

/** Chat has one message per tool result, and one for whatever else the user said. */
function chatMessages({ role, parts }: Message): number {
  if (role !== 'user') return 1
  const results = parts.filter((part) => part.type === 'tool-result').length
  return results + (parts.length > results || results === 0 ? 1 : 0)
}

/** The path of a message in the client's spelling. */
export function messagePath({ paths, request }: Encoding, index: number): string {
  return paths[index] ?? clientPath(request.source, 'messages')
}

export function partPath(encoding: Encoding, index: number, position: number): string {
  const path = messagePath(encoding, index)
  const { source } = encoding.request
  if (source === 'gemini') return `${path}.parts[${position}]`
  return source === 'anthropic-messages' ? `${path}.content[${position}]` : path
}
