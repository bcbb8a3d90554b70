import { expect } from 'vitest'
import type { Part } from '../../../src/ir/part.ts'
import type { Message, Tool } from '../../../src/ir/request.ts'

export const refused = (path: string) => expect.objectContaining({ code: 'unsupported_parameter', path })
export const text = (words: string) => ({ type: 'text', text: words }) as const
export const said = (...parts: Part[]): Message => ({ role: 'user', parts })
export const answered = (...parts: Part[]): Message => ({ role: 'assistant', parts })
export const call = (callId: string, name = 'one', input = '{}') =>
  ({ type: 'tool-call', callId, name, input, kind: 'function' }) as const
export const result = (callId: string, ...content: Extract<Part, { type: 'tool-result' }>['content']) =>
  ({ type: 'tool-result', callId, content, isError: false, kind: 'function' }) as const
export const tool = (name: string): Tool => ({ type: 'function', name })
export const image = {
  type: 'image',
  source: { type: 'base64', mediaType: 'image/png', data: 'QUJD' },
} as const
export const HI = said(text('Hi'))
export const paths = (dropped: readonly { path: string; action: string }[]) =>
  dropped.map(({ path, action }) => [path, action])
