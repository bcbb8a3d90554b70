import type { ModelCapabilities } from '../ir/capabilities.ts'
import type { TextPart } from '../ir/part.ts'
import type { ChatRequest, Message, Tool, ToolChoice } from '../ir/request.ts'
import type { Dropped } from '../ir/response.ts'
import { demandsGrammar } from './free-text-tool.ts'
import { keepPlace, placeOfChoice } from './places.ts'
import { Report } from './report.ts'
import { GEMINI_NAMES, STRICT_NAMES } from './tool-names.ts'

/** A request as an encoder gets it, with what its model accepts as far as encoders have to know. */
export interface ToldRequest {
  readonly request: ChatRequest
  readonly capabilities: ModelCapabilities
  readonly dropped: readonly Dropped[]
}

/**
 * For a model whose forced calls an operator wants emulated: a forced choice becomes `auto`, with no other tools on offer and a word in
 * the system prompt that the model has to call. That is reported as approximated. What cannot be emulated stays forced, and encoders
 * hear that the model refuses it: a provider's own tool, a call that must follow a grammar.
 */
export function emulateForcedTool(request: ChatRequest, capabilities: ModelCapabilities): ToldRequest {
  if (capabilities.forcedTools !== 'emulate') return { request, capabilities, dropped: [] }
  const known: ModelCapabilities = { ...capabilities, forcedTools: 'no' }
  const forced = forcedAmong(request)
  if (forced === undefined) return { request, capabilities: known, dropped: [] }
  const report = new Report()
  report.approximate(placeOfChoice(request), 'the model is told to call a tool; it cannot be made to')
  const told: ChatRequest = {
    ...request,
    messages: withInstruction(request, forced),
    tools: forced.tools,
    toolChoice: keepPlace<ToolChoice>(request, { type: 'auto' }, forced.choice),
  }
  return { request: told, capabilities: known, dropped: report.dropped }
}

/** A choice that leaves the model none, and the tools one of which is to be called. */
interface Forced {
  readonly choice: ToolChoice
  readonly tools: readonly Tool[]
}

/** Undefined where nothing is forced, or nothing that could be emulated. */
function forcedAmong(request: ChatRequest): Forced | undefined {
  const { toolChoice: choice } = request
  if (choice === undefined) return undefined
  const tools = choice.type === 'required' ? request.tools : named(request.tools, namesIn(choice))
  const isHeldToGrammar = tools.some((tool) => tool.type === 'custom' && demandsGrammar(request, tool))
  return tools.length === 0 || isHeldToGrammar ? undefined : { choice, tools }
}

function namesIn(choice: ToolChoice): readonly string[] {
  if (choice.type === 'tool') return [choice.name]
  return choice.type === 'allowed' && choice.mode === 'required' ? choice.names : []
}

function named(tools: readonly Tool[], names: readonly string[]): readonly Tool[] {
  return tools.filter((tool) => tool.type !== 'hosted' && names.includes(tool.name))
}

/** Depends on nothing but the names that were chosen, so that prompts stay the same from turn to turn. */
function instructionFor({ choice, tools }: Forced): string {
  const end = 'Do not answer in text alone.'
  const names = choice.type === 'required' ? [] : tools.map(sharedName)
  const [only] = names
  if (only === undefined || names.includes(undefined))
    return `Your next answer must call at least one of the tools that you have been given. ${end}`
  if (names.length === 1) return `Your next answer must call the tool "${only}". ${end}`
  const list = names.map((name) => `"${name}"`).join(', ')
  return `Your next answer must call at least one of these tools: ${list}. ${end}`
}

/** The tool's name where every upstream hears it as the client spells it. */
function sharedName(tool: Tool): string | undefined {
  if (tool.type === 'hosted' || tool.namespace !== undefined) return undefined
  const isShared = [STRICT_NAMES, GEMINI_NAMES].every(({ isLegal }) => isLegal(tool.name))
  return isShared ? tool.name : undefined
}

/**
 * At the end of the system prompt, behind what caches hold of it already; in the client's own last message of it, since some servers
 * take only one, and some do not take two kinds.
 */
function withInstruction(request: ChatRequest, forced: Forced): readonly Message[] {
  const { messages } = request
  const text = instructionFor(forced)
  const part = keepPlace<TextPart>(request, { type: 'text', text }, forced.choice)
  const firstTurn = messages.findIndex(({ role }) => role !== 'system')
  const lead = firstTurn === -1 ? messages.length : firstTurn
  const last = messages[lead - 1]
  if (last?.role !== 'system') {
    const system = keepPlace<Message>(request, { role: 'system', parts: [part] }, forced.choice)
    return [system, ...messages]
  }
  const told = keepPlace<Message>(request, { ...last, parts: [...last.parts, part] }, last)
  return messages.toSpliced(lead - 1, 1, told)
}
