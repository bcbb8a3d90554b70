import * as z from 'zod'
import { isJsonObject } from '../core/json.ts'
import { bare, schemaAt, spellingsOf } from './catalogue.ts'
import type { ConfigProblem } from './problem.ts'
import { problemAt, type SourceFile } from './source-file.ts'

/**
 * The same file with every option under its own name: `timeout_seconds` becomes `timeout`, and an option without a
 * value (`cors:` and nothing after it) is left out. Positions and printed paths stay those of the file.
 * Two spellings of one option with different values are a problem that names both.
 */
export function settleSpellings(
  schema: z.ZodType,
  source: SourceFile,
): { source: SourceFile; problems: ConfigProblem[] } {
  const walk: Walk = { schema, source, writtenNames: new Map(), problems: [] }
  const value = settle(walk, source.value, [])
  const asWritten = (path: readonly PropertyKey[]) =>
    path.map((segment, index) => walk.writtenNames.get(keyOf(path.slice(0, index + 1))) ?? segment)
  return {
    source: {
      file: source.file,
      value,
      positionOf: (path) => source.positionOf(asWritten(path)),
      printPath: asWritten,
    },
    problems: walk.problems,
  }
}

interface Walk {
  readonly schema: z.ZodType
  readonly source: SourceFile
  readonly writtenNames: Map<string, string>
  readonly problems: ConfigProblem[]
}

function settle(walk: Walk, value: unknown, path: readonly PropertyKey[]): unknown {
  if (Array.isArray(value)) return value.map((item, index) => settle(walk, item, [...path, index]))
  if (!isJsonObject(value)) return value
  const settled = new Map<string, unknown>()
  const ownNames = namesBySpelling(schemaAt(walk.schema, path))
  for (const [written, member] of Object.entries(value)) {
    const name = ownNames.get(written) ?? written
    const memberPath = [...path, name]
    const memberSchema = schemaAt(walk.schema, memberPath)
    if (member === null && memberSchema !== undefined) continue
    if (settled.has(name)) {
      if (memberSchema && isSame(memberSchema, settled.get(name), member)) continue
      const other = walk.writtenNames.get(keyOf(memberPath)) ?? name
      const message = `differs from ${other}, which is another spelling of the same option`
      walk.problems.push(problemAt(walk.source, [...path, written], message))
      continue
    }
    if (name !== written) walk.writtenNames.set(keyOf(memberPath), written)
    settled.set(name, settle(walk, member, memberPath))
  }
  return Object.fromEntries(settled)
}

/** Whether two ways to write a value mean the same to a schema. */
export function isSame(schema: z.ZodType, one: unknown, other: unknown): boolean {
  const [left, right] = [schema.safeParse(one), schema.safeParse(other)]
  if (left.success && right.success) return JSON.stringify(left.data) === JSON.stringify(right.data)
  return one === other
}

function namesBySpelling(schema: z.ZodType | undefined): Map<string, string> {
  const inner = schema && bare(schema)
  if (!(inner instanceof z.ZodObject)) return new Map()
  const entries = Object.entries<z.ZodType>(inner.shape)
  return new Map(
    entries.flatMap(([name, child]) => spellingsOf(name, child).map((written) => [written, name])),
  )
}

function keyOf(path: readonly PropertyKey[]): string {
  return JSON.stringify(path)
}
