import { expect, test } from 'vitest'
import type { ChatRequest, CustomTool, Tool, ToolChoice } from '../ir/request.ts'
import { demandsGrammar, describeFreeText } from './free-text-tool.ts'

const grammar = { syntax: 'lark', definition: 'start: "a"' }
const tool: CustomTool = { type: 'custom', name: 'patch', grammar }
const other: Tool = { type: 'function', name: 'f' }

function isDemanded(toolChoice: ToolChoice | undefined, tools: readonly Tool[] = [tool, other]): boolean {
  const request = { tools, ...(toolChoice && { toolChoice }) } as ChatRequest
  return demandsGrammar(request, tool)
}

test('TLD-12 a grammar is told in the description', () => {
  expect(describeFreeText({ type: 'custom', name: 'p', description: 'D' })).toBe('D')
  expect(describeFreeText({ ...tool, description: 'D' })).toMatch(/^D\n\n.*\(lark\):\nstart: "a"$/)
  expect(describeFreeText(tool)).toContain('start: "a"')
})

test('TLD-12 a grammar is a contract where its tool is forced, not where it is offered', () => {
  expect(isDemanded(undefined)).toBe(false)
  expect(isDemanded({ type: 'auto' }, [tool])).toBe(false)
  expect(isDemanded({ type: 'required' })).toBe(false)
  expect(isDemanded({ type: 'required' }, [tool])).toBe(true)
  expect(isDemanded({ type: 'tool', name: 'f' })).toBe(false)
  expect(isDemanded({ type: 'tool', name: 'patch' })).toBe(true)
  expect(isDemanded({ type: 'allowed', mode: 'auto', names: ['patch'] })).toBe(false)
  expect(isDemanded({ type: 'allowed', mode: 'required', names: ['patch'] })).toBe(true)
})
