import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { StreamFold } from '../stream-reader.ts'

interface Choice {
  readonly index: number
  readonly message: Record<string, unknown>
  readonly toolCalls: Record<string, unknown>[]
  finishReason: unknown
  logprobs: unknown
}

/** Chunks of a chat completion as the completion that they amount to. */
export function createFold(): StreamFold {
  const choices: Choice[] = []
  let first: JsonObject = {}
  let usage: unknown
  return {
    add(json) {
      if (choices.length === 0) first = json
      usage = json.usage ?? usage
      const entries: unknown = json.choices
      if (!Array.isArray(entries)) return
      for (const entry of entries) if (isJsonObject(entry)) addChoice(choices, entry)
    },
    whole: () => {
      // padding that differs from chunk to chunk
      const { obfuscation: _, ...shared } = first
      return { ...shared, object: 'chat.completion', choices: choices.map(wholeChoice), usage }
    },
  }
}

function addChoice(choices: Choice[], entry: JsonObject): void {
  const index = typeof entry.index === 'number' ? entry.index : 0
  let choice = choices.find((known) => known.index === index)
  if (choice === undefined) {
    const message = { role: 'assistant', content: null }
    choice = { index, message, toolCalls: [], finishReason: null, logprobs: null }
    choices.push(choice)
  }
  choice.finishReason = entry.finish_reason ?? choice.finishReason
  if (isJsonObject(entry.logprobs)) choice.logprobs = grown(choice.logprobs, entry.logprobs)
  const delta = entry.delta
  if (isJsonObject(delta)) addDelta(choice, delta)
}

function addDelta(choice: Choice, delta: JsonObject): void {
  for (const [key, value] of Object.entries(delta)) {
    if (key === 'tool_calls' && Array.isArray(value)) {
      for (const call of value) if (isJsonObject(call)) addToolCall(choice.toolCalls, call)
    } else choice.message[key] = joined(key, choice.message[key], value)
  }
}

/** Text grows; `role`, which some servers repeat with every chunk, does not. */
function joined(key: string, before: unknown, value: unknown): unknown {
  if (value === null || value === undefined) return before
  if (typeof before === 'string' && typeof value === 'string' && key !== 'role') return before + value
  if (Array.isArray(before) && Array.isArray(value)) return [...before, ...value]
  return isJsonObject(value) ? grown(before, value) : value
}

function addToolCall(calls: Record<string, unknown>[], delta: JsonObject): void {
  const index = typeof delta.index === 'number' ? delta.index : Math.max(0, calls.length - 1)
  calls[index] ??= {}
  const call = calls[index]
  for (const [key, value] of Object.entries(delta)) {
    const before = call[key]
    if (key === 'index') continue
    if (isJsonObject(value)) call[key] = grown(before, value)
    else call[key] = before ?? value
  }
}

/** What comes in pieces within an object; everything else, such as a name, comes once. */
const FRAGMENTS = new Set(['arguments', 'input', 'data', 'transcript'])

function grown(before: unknown, delta: JsonObject): JsonObject {
  const after: Record<string, unknown> = isJsonObject(before) ? { ...before } : {}
  for (const [key, value] of Object.entries(delta)) {
    const known = after[key]
    // the list is ours: copying it for every token would take quadratic time
    if (Array.isArray(known) && Array.isArray(value)) known.push(...value)
    else if (FRAGMENTS.has(key) && typeof known === 'string' && typeof value === 'string')
      after[key] = known + value
    else after[key] = known ?? (Array.isArray(value) ? [...value] : value)
  }
  return after
}

function wholeChoice(choice: Choice): JsonObject {
  const calls = choice.toolCalls.filter((call) => call !== undefined)
  const message = calls.length > 0 ? { ...choice.message, tool_calls: calls } : choice.message
  return { index: choice.index, message, logprobs: choice.logprobs, finish_reason: choice.finishReason }
}
