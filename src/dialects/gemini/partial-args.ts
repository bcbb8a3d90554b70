import { GatewayError } from '../../core/errors.ts'
import { isJsonObject } from '../../core/json.ts'

/**
 * Arguments that come in pieces, each with the JSON path that it belongs to; text may come in several. Keys are kept in the order in
 * which they came.
 * @see https://cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling (streaming of arguments)
 */
export interface PartialArguments {
  /** Throws `upstream_malformed` for a path that leads nowhere. */
  add(pieces: unknown): void
  /** Everything so far as JSON text. */
  json(): string
}

type Key = string | number

type Node =
  | { readonly type: 'object'; readonly members: Map<string, Node> }
  | { readonly type: 'array'; readonly items: Node[] }
  | { readonly type: 'text'; readonly chunks: string[] }
  | { readonly type: 'value'; readonly value: number | boolean | null }

const MAX_DEPTH = 100

export function createPartialArguments(): PartialArguments {
  const root: Node = { type: 'object', members: new Map() }
  // the text that pieces go on appending to, by its path
  const texts = new Map<string, string[]>()
  return {
    add(pieces) {
      if (!Array.isArray(pieces)) return
      for (const piece of pieces) if (isJsonObject(piece)) addPiece(root, texts, piece)
    },
    json: () => write(root),
  }
}

function addPiece(root: Node, texts: Map<string, string[]>, piece: Readonly<Record<string, unknown>>): void {
  const path = piece.jsonPath
  const leaf = leafOf(piece)
  if (typeof path !== 'string' || leaf === undefined) return
  const open = texts.get(path)
  if (open !== undefined && leaf.type === 'text') {
    open.push(...leaf.chunks)
    return
  }
  put(root, parsePath(path), leaf)
  if (leaf.type === 'text') texts.set(path, leaf.chunks)
}

function leafOf(
  piece: Readonly<Record<string, unknown>>,
): Extract<Node, { type: 'text' | 'value' }> | undefined {
  if (typeof piece.stringValue === 'string') return { type: 'text', chunks: [piece.stringValue] }
  if (typeof piece.numberValue === 'number') return { type: 'value', value: piece.numberValue }
  if (typeof piece.boolValue === 'boolean') return { type: 'value', value: piece.boolValue }
  return 'nullValue' in piece ? { type: 'value', value: null } : undefined
}

function put(root: Node, keys: readonly Key[], leaf: Node): void {
  let node = root
  keys.forEach((key, depth) => {
    const next = keys[depth + 1]
    const fresh: Node =
      next === undefined
        ? leaf
        : typeof next === 'number'
          ? { type: 'array', items: [] }
          : { type: 'object', members: new Map() }
    node = child(node, key, fresh, next === undefined)
  })
}

/** The node behind the key: the one that is there, or a fresh one in its place. A leaf replaces what was there. */
function child(node: Node, key: Key, fresh: Node, isLeaf: boolean): Node {
  if (node.type === 'object' && typeof key === 'string') {
    const found = node.members.get(key)
    if (found !== undefined && !isLeaf) return found
    node.members.set(key, fresh)
    return fresh
  }
  // items come in order; an index far ahead would make a list of nothing but holes
  if (node.type === 'array' && typeof key === 'number' && key <= node.items.length) {
    const found = node.items[key]
    if (found !== undefined && !isLeaf) return found
    node.items[key] = fresh
    return fresh
  }
  throw malformed()
}

const STEP = /\.([^.[\]]+)|\[(\d+)\]|\[(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\]/y

/** `$.a.b[0]['c d']` as its keys. @see https://www.rfc-editor.org/rfc/rfc9535 */
function parsePath(path: string): Key[] {
  const keys: Key[] = []
  STEP.lastIndex = path.startsWith('$') ? 1 : 0
  const text = path.startsWith('$') ? path : `$.${path}`
  if (!path.startsWith('$')) STEP.lastIndex = 1
  while (STEP.lastIndex < text.length) {
    const step = STEP.exec(text)
    if (step === null || keys.length >= MAX_DEPTH) throw malformed()
    const [, plain, index, single, double] = step
    keys.push(index === undefined ? (plain ?? unescapeQuoted(single ?? double ?? '')) : Number(index))
  }
  if (keys.length === 0) throw malformed()
  return keys
}

function unescapeQuoted(text: string): string {
  return text.replace(/\\(.)/g, '$1')
}

function write(node: Node): string {
  switch (node.type) {
    case 'object':
      return `{${[...node.members].map(([key, value]) => `${JSON.stringify(key)}:${write(value)}`).join(',')}}`
    case 'array':
      return `[${node.items.map(write).join(',')}]`
    case 'text':
      return JSON.stringify(node.chunks.join(''))
    case 'value':
      return JSON.stringify(node.value)
  }
}

function malformed(): GatewayError {
  return new GatewayError(
    'upstream_malformed',
    'The provider streamed arguments to a path that leads nowhere.',
  )
}
