import type { Carrier, Part, ToolResultPart } from '../../ir/part.ts'
import type { Message } from '../../ir/request.ts'
import type { Places } from '../places.ts'

interface AssistantTurn {
  readonly role: 'assistant'
  readonly parts: Part[]
  /** Of its first item. */
  readonly path: string
  /** The user turn that holds the results of this turn's calls. */
  answered?: UserTurn
}

interface UserTurn {
  readonly role: 'user'
  readonly results: ToolResultPart[]
  readonly rest: Part[]
  /** Of the item that said the rest; it may be empty. */
  path?: string
}

type SystemTurn = Extract<Message, { role: 'system' }>
type Turn = AssistantTurn | UserTurn | SystemTurn

/** Puts items together as turns. Results go right behind the turn whose calls they answer, before anything that the user says there. */
export class Conversation {
  readonly #places: Places
  readonly #turns: Turn[] = []
  readonly #callers = new Map<string, AssistantTurn>()

  constructor(places: Places) {
    this.#places = places
  }

  /** Somebody other than the system has spoken. */
  get hasTurns(): boolean {
    return this.#turns.some((turn) => turn.role !== 'system')
  }

  addSystem(turn: SystemTurn): void {
    this.#turns.push(turn)
  }

  addUser(parts: readonly Part[], path: string): void {
    const last = this.#turns.at(-1)
    const isJoined = last?.role === 'user' && last.results.length > 0 && last.rest.length === 0
    const turn: UserTurn = isJoined ? last : { role: 'user', results: [], rest: [] }
    turn.rest.push(...parts)
    turn.path = path
    if (!isJoined) this.#turns.push(turn)
  }

  addAssistant(parts: readonly Part[], path: string): void {
    const turn = this.#assistantTurn(path)
    turn.parts.push(...parts)
    for (const part of parts) if (part.type === 'tool-call') this.#callers.set(part.callId, turn)
  }

  addResult(result: ToolResultPart): void {
    const caller = this.#callers.get(result.callId)
    const turn = caller === undefined ? this.#lastUserTurn() : this.#answerTo(caller)
    turn.results.push(result)
  }

  /** Gives proof of reasoning back to the call or the text that it came with; false where that is not there. */
  returnCarrier(carrier: Carrier, isItsPart: (part: Part) => boolean): boolean {
    const last = this.#turns.at(-1)
    if (last?.role !== 'assistant') return false
    const index = last.parts.findLastIndex(isItsPart)
    const part = last.parts[index]
    if (part?.type !== 'tool-call' && part?.type !== 'text') return false
    last.parts[index] = this.#places.keep({ ...part, carrier }, part)
    return true
  }

  messages(): Message[] {
    return this.#turns.flatMap((turn) => toMessage(turn, this.#places))
  }

  #assistantTurn(path: string): AssistantTurn {
    const last = this.#turns.at(-1)
    if (last?.role === 'assistant') return last
    const turn: AssistantTurn = { role: 'assistant', parts: [], path }
    this.#turns.push(turn)
    return turn
  }

  #lastUserTurn(): UserTurn {
    const last = this.#turns.at(-1)
    if (last?.role === 'user') return last
    const turn: UserTurn = { role: 'user', results: [], rest: [] }
    this.#turns.push(turn)
    return turn
  }

  #answerTo(caller: AssistantTurn): UserTurn {
    if (caller.answered !== undefined) return caller.answered
    const behind = this.#turns.lastIndexOf(caller) + 1
    const next = this.#turns[behind]
    const turn: UserTurn = next?.role === 'user' ? next : { role: 'user', results: [], rest: [] }
    if (turn !== next) this.#turns.splice(behind, 0, turn)
    caller.answered = turn
    return turn
  }
}

/** A message of several items stands where the first of them does; one that results were put in front of, where the user spoke. */
function toMessage(turn: Turn, places: Places): Message[] {
  if (turn.role === 'system') return turn.parts.length === 0 ? [] : [turn]
  if (turn.role === 'assistant') {
    const { role, parts, path } = turn
    return parts.length === 0 ? [] : [places.note({ role, parts }, path)]
  }
  const message: Message = { role: 'user', parts: [...turn.results, ...turn.rest] }
  const [first] = turn.results
  if (turn.path !== undefined) return [places.note(message, turn.path)]
  return [first === undefined ? message : places.keep(message, first)]
}
