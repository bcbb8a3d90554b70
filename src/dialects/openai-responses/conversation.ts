import type { Carrier, Part, ToolResultPart } from '../../ir/part.ts'
import type { Message } from '../../ir/request.ts'

interface AssistantTurn {
  readonly role: 'assistant'
  readonly parts: Part[]
  phase?: string
  /** The user turn that holds the results of this turn's calls. */
  answered?: UserTurn
}

interface UserTurn {
  readonly role: 'user'
  readonly results: ToolResultPart[]
  readonly rest: Part[]
}

type SystemTurn = Extract<Message, { role: 'system' }>
type Turn = AssistantTurn | UserTurn | SystemTurn

/** Puts items together as turns. Results go right behind the turn whose calls they answer, before anything that the user says there. */
export class Conversation {
  readonly #turns: Turn[] = []
  readonly #callers = new Map<string, AssistantTurn>()

  /** Somebody other than the system has spoken. */
  get hasTurns(): boolean {
    return this.#turns.some((turn) => turn.role !== 'system')
  }

  addSystem(turn: SystemTurn): void {
    this.#turns.push(turn)
  }

  addUser(parts: readonly Part[]): void {
    const last = this.#turns.at(-1)
    if (last?.role === 'user' && last.results.length > 0 && last.rest.length === 0) last.rest.push(...parts)
    else this.#turns.push({ role: 'user', results: [], rest: [...parts] })
  }

  addAssistant(parts: readonly Part[], phase?: string): void {
    const turn = this.#assistantTurn()
    turn.parts.push(...parts)
    if (phase !== undefined) turn.phase = phase
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
    last.parts[index] = { ...part, carrier }
    return true
  }

  messages(): Message[] {
    return this.#turns.flatMap(toMessage)
  }

  #assistantTurn(): AssistantTurn {
    const last = this.#turns.at(-1)
    if (last?.role === 'assistant') return last
    const turn: AssistantTurn = { role: 'assistant', parts: [] }
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

function toMessage(turn: Turn): Message[] {
  if (turn.role === 'system') return turn.parts.length === 0 ? [] : [turn]
  const parts = turn.role === 'user' ? [...turn.results, ...turn.rest] : turn.parts
  if (turn.role === 'user') return [{ role: 'user', parts }]
  if (parts.length === 0) return []
  return [{ role: 'assistant', parts, ...(turn.phase !== undefined && { phase: turn.phase }) }]
}
