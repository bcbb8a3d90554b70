import {
  type Document,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLParseError,
} from 'yaml'
import { formatPath } from './problem.ts'
import type { Position, ReadResult } from './source-file.ts'

export interface YamlInput {
  readonly file: string
  readonly text: string
  /** Where `${NAME}` is looked up. */
  readonly environment: NodeJS.ProcessEnv
}

/**
 * A YAML file with `${NAME}` in string values replaced from the environment (`$${NAME}` stays `${NAME}`), and with the
 * position of everything in it. Syntax errors, names given twice and missing variables are problems, none of which
 * quotes a value.
 */
export function parseYaml({ file, text, environment }: YamlInput): ReadResult {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const at = (offset: number) => positionAt(lines, offset)
  const errors = [...document.errors.map(syntaxFault), ...unresolvedAliases(document)]
  if (errors.length > 0) {
    return { problems: errors.map(({ offset, message }) => ({ file, ...at(offset), path: '', message })) }
  }
  const problems = replaceVariables(document, environment).map(({ offset, path, message }) => {
    return { file, ...at(offset), path: formatPath(path), message }
  })
  const positionOf = (path: readonly PropertyKey[]) => at(offsetOf(document, path))
  const value = plainValue(document)
  if (value === undefined)
    return { problems: [{ file, path: '', message: 'repeats itself too often through aliases' }] }
  return { source: { file, value, positionOf }, problems }
}

/** The document as plain values; undefined for one whose aliases would blow it up. */
function plainValue(document: Document.Parsed): unknown {
  try {
    return document.toJS() ?? {}
  } catch {
    return undefined
  }
}

interface Fault {
  readonly offset: number
  readonly message: string
}

function syntaxFault({ pos, code, message }: YAMLParseError): Fault {
  return { offset: pos[0], message: `is not YAML: ${withoutContent(code, message)}` }
}

function unresolvedAliases(document: Document.Parsed): Fault[] {
  const faults: Fault[] = []
  visit(document, {
    Alias(_key, node) {
      if (node.resolve(document) !== undefined) return
      const message = 'a value that starts with * needs quotes, or an anchor before it'
      faults.push({ offset: node.range?.[0] ?? 0, message })
    },
  })
  return faults
}

/** These messages quote what stands in the file, which may be a secret. */
function withoutContent(code: string, message: string): string {
  if (code === 'UNEXPECTED_TOKEN') return 'something unexpected stands here'
  if (code === 'BAD_ALIAS' || code === 'TAG_RESOLVE_FAILED')
    return 'a value that starts with * or ! needs quotes'
  if (code === 'BAD_DQ_ESCAPE') return 'a string in double quotes has a bad escape in it'
  return message
}

function replaceVariables(document: Document.Parsed, environment: NodeJS.ProcessEnv) {
  const missing: (Fault & { path: PropertyKey[] })[] = []
  visit(document, {
    Scalar(key, node, ancestors) {
      if (key === 'key' || typeof node.value !== 'string') return
      node.value = node.value.replace(
        /(\$?)\$\{([^}]*)\}/g,
        (written: string, escaping: string, name: string) => {
          if (escaping !== '') return written.slice(1)
          const value = environment[name]
          if (value !== undefined) return value
          missing.push({
            offset: node.range?.[0] ?? 0,
            path: pathTo(node, ancestors),
            message: complaint(name),
          })
          return ''
        },
      )
    },
  })
  return missing
}

/** The names and indexes that lead to a node through its ancestors, from the root down. */
function pathTo(node: unknown, ancestors: readonly unknown[]): PropertyKey[] {
  return ancestors.flatMap((ancestor, index): PropertyKey[] => {
    if (isPair(ancestor)) return [String(isScalar(ancestor.key) ? ancestor.key.value : ancestor.key)]
    return isSeq(ancestor) ? [ancestor.items.indexOf(ancestors[index + 1] ?? node)] : []
  })
}

function complaint(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return `the environment variable ${name} is not set`
  return 'a dollar sign and braces must hold the name of an environment variable; a second dollar sign before it keeps it as text'
}

function offsetOf(document: Document.Parsed, path: readonly PropertyKey[]): number {
  let node: unknown = document.contents
  let offset = document.contents?.range[0] ?? 0
  for (const segment of path) {
    if (isAlias(node)) node = node.resolve(document)
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment))
      if (!isScalar(pair?.key)) break
      offset = pair.key.range?.[0] ?? offset
      node = pair.value
    } else if (isSeq(node)) {
      const item: unknown = node.items[Number(segment)]
      if (!isNode(item)) break
      offset = item.range?.[0] ?? offset
      node = item
    } else break
  }
  return offset
}

function positionAt(lines: LineCounter, offset: number): Position {
  const { line, col } = lines.linePos(offset)
  return { line: Math.max(1, line), column: Math.max(1, col) }
}
