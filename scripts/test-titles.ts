import { parseSync, Visitor } from 'oxc-parser'

/** The part of a syntax tree's node that is read here. */
interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

const RUNNERS = ['test', 'it', 'describe']
/** A test that does not run tests nothing. */
const IDLE = ['skip', 'todo']
const PRINTF = /%[sdifjoOc]/g

/**
 * TypeScript source of a test file to the titles of its tests and suites. The title of a table of tests has the rows' words that
 * vitest would put into it, row by row; a word that only running code could know is left out. Comments and bodies do not count.
 */
export function readTestTitles(path: string, source: string): string[] {
  const { program, errors } = parseSync(path, source)
  const [error] = errors
  if (error !== undefined) throw new Error(`${path}: ${error.message}`)

  const constants = new Map<string, Node>()
  const calls: Node[] = []
  const visitor = new Visitor({
    VariableDeclarator: (node) => {
      const { id, init } = node as unknown as { id: Node; init: Node | null }
      if (init !== null && typeof id.name === 'string') constants.set(id.name, init)
    },
    CallExpression: (node) => {
      calls.push(node as unknown as Node)
    },
  })
  visitor.visit(program)
  return calls.flatMap((call) => titlesOf(call, constants))
}

function titlesOf(call: Node, constants: ReadonlyMap<string, Node>): string[] {
  const callee = call.callee as Node
  if (runnerOf(callee) === undefined) return []
  const title = textOf(firstArgument(call))
  if (title === undefined) return []
  if (callee.type !== 'CallExpression') return [title]
  const rows = rowsOf(resolve(firstArgument(callee), constants), constants) ?? [[]]
  return rows.map((row) => fill(title, row))
}

/** `test`, `test.each(…)`, `describe.concurrent`: the name at the root, unless a link of the chain keeps it from running. */
function runnerOf(callee: Node | undefined): string | undefined {
  if (callee === undefined) return undefined
  if (callee.type === 'Identifier') return RUNNERS.find((name) => name === callee.name)
  if (callee.type === 'CallExpression') return runnerOf(callee.callee as Node)
  if (callee.type !== 'MemberExpression') return undefined
  if (IDLE.some((name) => name === (callee.property as Node).name)) return undefined
  return runnerOf(callee.object as Node)
}

/** One row of a table of tests: its words by position, or by name. */
type TableRow = readonly (string | undefined)[] | ReadonlyMap<string, string | undefined>

/** Undefined where only running code knows the rows. */
function rowsOf(table: Node | undefined, constants: ReadonlyMap<string, Node>): TableRow[] | undefined {
  if (table?.type === 'ArrayExpression')
    return (table.elements as Node[]).map((element) => rowOf(resolve(element, constants)))
  if (table?.type !== 'CallExpression' || memberName(table.callee as Node) !== 'entries') return undefined
  const entries = resolve(firstArgument(table), constants)
  return propertiesOf(entries).map(([name]) => [name])
}

function rowOf(element: Node | undefined): TableRow {
  if (element?.type === 'ArrayExpression')
    return (element.elements as (Node | null)[]).map((cell) => textOf(cell ?? undefined))
  if (element?.type === 'ObjectExpression')
    return new Map(propertiesOf(element).map(([name, value]) => [name, textOf(value)]))
  return [textOf(element)]
}

function propertiesOf(node: Node | undefined): [name: string, value: Node][] {
  if (node?.type !== 'ObjectExpression') return []
  return (node.properties as Node[]).flatMap((property): [string, Node][] => {
    const { key, value } = property as unknown as { key?: Node; value?: Node }
    const name = key?.type === 'Identifier' ? key.name : textOf(key)
    return typeof name === 'string' && value !== undefined ? [[name, value]] : []
  })
}

/** The title as vitest shows it for a row, as far as the row's words are written down. */
function fill(title: string, row: TableRow): string {
  if (row instanceof Map) return title.replace(/\$(\w+)/g, (_found, name: string) => row.get(name) ?? '')
  const cells = (row as readonly (string | undefined)[])[Symbol.iterator]()
  return title.replace(PRINTF, () => cells.next().value ?? '')
}

function textOf(node: Node | undefined): string | undefined {
  if (node === undefined) return undefined
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined
  if (node.type !== 'TemplateLiteral') return undefined
  return (node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…')
}

/** What stands behind `as const`, `satisfies`, parentheses and the names of constants of the same file. */
function resolve(node: Node | undefined, constants: ReadonlyMap<string, Node>): Node | undefined {
  if (node === undefined) return undefined
  if (typeof node.expression === 'object') return resolve(node.expression as Node, constants)
  if (node.type === 'Identifier')
    return resolve(constants.get(String(node.name)), withoutName(constants, node))
  return node
}

/** A name that stands for itself would never end. */
function withoutName(constants: ReadonlyMap<string, Node>, { name }: Node): ReadonlyMap<string, Node> {
  return new Map([...constants].filter(([constant]) => constant !== name))
}

function firstArgument(call: Node): Node | undefined {
  return (call.arguments as Node[])[0]
}

function memberName(callee: Node): unknown {
  return callee.type === 'MemberExpression' ? (callee.property as Node).name : undefined
}
