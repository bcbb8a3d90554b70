import { textOf } from '../core/json.ts'
import type { ChatRequest, CustomTool } from '../ir/request.ts'

/**
 * The description of a tool of free text for upstreams that know only JSON: a grammar that they cannot enforce is said in words.
 * @see https://platform.openai.com/docs/guides/function-calling#context-free-grammars
 */
export function describeFreeText({ description, grammar }: CustomTool): string | undefined {
  if (grammar === undefined) return description
  const { syntax, definition } = grammar
  const rule = `The input must follow this grammar (${textOf(syntax)}):\n${textOf(definition)}`
  return description === undefined ? rule : `${description}\n\n${rule}`
}

/**
 * True where a grammar is a contract: the client forces the call and counts on its form. A tool that is merely offered is checked by
 * the client that runs it, and coding agents offer such tools always; refusing them would lock those agents out.
 */
export function demandsGrammar({ toolChoice, tools }: ChatRequest, tool: CustomTool): boolean {
  if (tool.grammar === undefined) return false
  if (toolChoice?.type === 'tool') return toolChoice.name === tool.name
  if (toolChoice?.type === 'allowed')
    return toolChoice.mode === 'required' && toolChoice.names.includes(tool.name)
  return toolChoice?.type === 'required' && tools.every((other) => other === tool || other.type === 'hosted')
}
