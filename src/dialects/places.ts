import type { Part } from '../ir/part.ts'
import type { ChatRequest, Tool } from '../ir/request.ts'
import { clientPath } from './client-path.ts'

/** What a client calls the members of a part or a tool, below the place where that stands: `{ input: 'function.arguments' }`. */
export type MemberNames = Readonly<Partial<Record<PlacedMember, string>>>

type PlacedMember =
  | 'cache'
  | 'citations'
  | 'citesSources'
  | 'context'
  | 'detail'
  | 'filename'
  | 'grammar'
  | 'hasCacheBreakpoint'
  | 'input'
  | 'isDeferred'
  | 'isError'
  | 'isStrict'
  | 'name'
  | 'parameters'

interface Place {
  readonly path: string
  readonly names: MemberNames | undefined
}

/**
 * Where each piece of a request stood in what its client sent. Decoders merge and split messages, so that nothing in the
 * representation tells. Noting costs next to nothing: a path is looked for only when there is something to report.
 */
export class Places {
  // three entries for each piece: itself, its path or the piece that it was made from, and the names of its members
  readonly #noted: (object | string | undefined)[] = []
  #found: Map<unknown, Place> | undefined
  #read = 0

  /** The piece itself. What has been noted of it before stays. */
  note<Piece extends object>(piece: Piece, path: string, names?: MemberNames): Piece {
    this.#noted.push(piece, path, names)
    return piece
  }

  /** The copy, which stands where its original stood. */
  keep<Piece extends object>(copy: Piece, original: object): Piece {
    if (copy !== original) this.#noted.push(copy, original, undefined)
    return copy
  }

  /** Undefined for what nobody noted. A member that was noted on its own may stand elsewhere than what it belongs to. */
  pathOf(piece: object, member?: PlacedMember): string | undefined {
    const found = this.#index()
    const place = found.get(piece)
    if (member === undefined) return place?.path
    const own = found.get((piece as Readonly<Record<string, unknown>>)[member])
    if (own !== undefined) return own.path
    const name = place?.names?.[member]
    return name === undefined ? place?.path : `${place?.path}.${name}`
  }

  #index(): ReadonlyMap<unknown, Place> {
    const found = this.#found ?? new Map<unknown, Place>()
    this.#found = found
    for (; this.#read < this.#noted.length; this.#read += 3) {
      const [piece, path, names] = this.#noted.slice(this.#read, this.#read + 3)
      const place = typeof path === 'string' ? { path, names: names as MemberNames } : found.get(path)
      if (place !== undefined && !found.has(piece)) found.set(piece, place)
    }
    return found
  }
}

/**
 * Beside a request's list of extras, which all copies of the request share; nobody who looks at the list sees it. In a `WeakMap` the
 * garbage collector would carry whole requests along until its next major round, which costs a fifth of a conversion.
 */
const PLACES = Symbol('places')

/** The request, together with where its pieces stood. */
export function withPlaces(request: ChatRequest, places: Places): ChatRequest {
  Object.defineProperty(request.extras, PLACES, { value: places })
  return request
}

function placesOf({ extras }: ChatRequest): Places | undefined {
  return (extras as { readonly [PLACES]?: Places })[PLACES]
}

/** The copy, or what was made instead, which stands where the original stood in the client's request. */
export function keepPlace<Piece extends object>(request: ChatRequest, copy: Piece, original: object): Piece {
  return placesOf(request)?.keep(copy, original) ?? copy
}

/**
 * The path of a message, a part, a breakpoint, or whatever else the conversation is made of, as the client spells it; of the list of
 * messages where nobody knows.
 */
export function placeOf(request: ChatRequest, said: object | undefined, member?: PlacedMember): string {
  return (said && placesOf(request)?.pathOf(said, member)) ?? clientPath(request.source, 'messages')
}

/** The same for a tool; the path of the list of tools where nobody knows. */
export function placeOfTool(request: ChatRequest, tool: Tool, member?: PlacedMember): string {
  return placesOf(request)?.pathOf(tool, member) ?? clientPath(request.source, 'tools')
}

/** The same for the choice among the tools. */
export function placeOfChoice(request: ChatRequest): string {
  const { source, toolChoice } = request
  const path = toolChoice && placesOf(request)?.pathOf(toolChoice)
  return path ?? clientPath(source, 'toolChoice')
}

/** Of a text that has a phase: the phase itself, which its client says of the item around the text. */
export function placeOfPhase(request: ChatRequest, part: Part): string {
  return `${placeOf(request, part).replace(/\.content(\[\d+\])?$/, '')}.phase`
}
