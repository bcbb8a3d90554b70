import { clientPath } from '../../src/dialects/client-path.ts'
import { type MemberNames, Places, withPlaces } from '../../src/dialects/places.ts'
import type { Part } from '../../src/ir/part.ts'
import type { ChatRequest } from '../../src/ir/request.ts'

const MEMBER_NAMES: MemberNames = {
  citesSources: 'citations',
  context: 'context',
  detail: 'detail',
  filename: 'filename',
  grammar: 'grammar',
  hasCacheBreakpoint: 'cache_control',
  input: 'input',
  isDeferred: 'defer_loading',
  isError: 'is_error',
  isStrict: 'strict',
  name: 'name',
  parameters: 'parameters',
}

/**
 * A request made by hand as if a client had sent it who writes one message for each of ours, one part for each of ours, and keeps
 * instructions apart where its format does. The same request where it was decoded from a client's own.
 */
export function placed(request: ChatRequest): ChatRequest {
  if (Object.getOwnPropertySymbols(request.extras).length > 0) return request
  const places = new Places()
  const { source, messages, tools } = request
  const isApart = source === 'anthropic-messages' || source === 'gemini'
  const leading = isApart && messages[0]?.role === 'system' ? 1 : 0
  messages.forEach((message, index) => {
    const list = clientPath(source, 'messages')
    const system = source === 'gemini' ? 'systemInstruction' : 'system'
    const path = index < leading ? system : `${list}[${index - leading}]`
    places.note(message, path, MEMBER_NAMES)
    const member = source === 'gemini' ? '.parts' : path === 'system' ? '' : '.content'
    noteParts(message.parts, `${path}${member}`, places)
  })
  tools.forEach((tool, index) => {
    places.note(tool, `tools[${index}]`, MEMBER_NAMES)
  })
  return withPlaces({ ...request, extras: [...request.extras] }, places)
}

function noteParts(parts: readonly Part[], path: string, places: Places): void {
  parts.forEach((part, index) => {
    const at = `${path}[${index}]`
    places.note(part, at, MEMBER_NAMES)
    if ('cache' in part && part.cache !== undefined) places.note(part.cache, `${at}.cache_control`)
    if (part.type === 'tool-result') noteParts(part.content, `${at}.content`, places)
  })
}
