import type { JsonObject } from '../../core/json.ts'
import type { AnswerContext } from '../../ir/conversion.ts'
import type { ChatRequest, Extra, FunctionTool, ToolChoice } from '../../ir/request.ts'
import { lose } from '../answer-losses.ts'
import { invalidField, present, readObject, readText } from '../openai-parameters.ts'

// Chat's deprecated `functions`, which tools replaced: no ids, one call per answer, and answers in `function_call`.

/** The call's id, which the wire lacks: the same in every turn, since earlier messages keep their places. */
export function legacyCallId(messageIndex: number, name: string): string {
  return `call_fn${messageIndex}_${name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, 48)}`
}

/** Remembers in the request that its client reads `function_call`. */
export function legacyMark(functions: unknown): Extra {
  return { dialect: 'openai-chat', path: 'functions', value: functions, weight: 'note' }
}

/** True where the answer is to be given in the deprecated shape. */
export function wantsFunctionCall({ source, extras }: ChatRequest): boolean {
  return source === 'openai-chat' && extras.some(({ path }) => path === 'functions')
}

/** Reports a call besides the first, for which the deprecated shape has no room. */
export function loseFurtherCall(context: AnswerContext): void {
  lose(context, 'dropped', 'a client of "functions" reads one call of an answer')
}

/** Throws `invalid_request`. */
export function decodeFunction(wire: JsonObject, path: string): FunctionTool {
  const name = readText(wire, 'name', `${path}.name`)
  if (name === undefined || name === '') throw invalidField(`${path}.name`, 'must be a non-empty text')
  return {
    type: 'function',
    name,
    ...present('description', readText(wire, 'description', `${path}.description`)),
    ...present('parameters', readObject(wire, 'parameters', `${path}.parameters`)),
    ...(typeof wire.strict === 'boolean' && { isStrict: wire.strict }),
  }
}

/** `function_call` of a request. Throws `invalid_request`. */
export function decodeFunctionChoice(choice: unknown): ToolChoice | undefined {
  if (choice === undefined || choice === null) return undefined
  if (choice === 'auto' || choice === 'none') return { type: choice }
  const name =
    typeof choice === 'object' ? readText(choice as JsonObject, 'name', 'function_call.name') : undefined
  if (name === undefined) throw invalidField('function_call', 'must be none, auto or {"name": …}')
  return { type: 'tool', name }
}
