import type * as z from 'zod'
import { nearestName } from '../core/nearest.ts'
import { listOptions, namesAt } from './catalogue.ts'
import type { ConfigProblem } from './problem.ts'
import { problemAt, type SourceFile } from './source-file.ts'

/** A file's value through a schema: the result, or every problem with its place and, for a wrong name, the likely one. */
export function validateSource<Schema extends z.ZodType>(
  schema: Schema,
  source: SourceFile,
): { data?: z.output<Schema>; problems: ConfigProblem[] } {
  const result = schema.safeParse(source.value, { error: wording })
  if (result.success) return { data: result.data, problems: [] }
  return { problems: result.error.issues.flatMap((issue) => problemsOf(schema, source, issue)) }
}

/** The first thing wrong with a value that stands in no file, or undefined. */
export function validateValue(
  schema: z.ZodType,
  value: unknown,
): { message: string; suggestion?: string } | undefined {
  const issue = schema.safeParse(value, { error: wording }).error?.issues[0]
  if (issue === undefined) return undefined
  const suggestion = suggestWord(issue, value)
  return { message: issue.message, ...(suggestion !== undefined && { suggestion }) }
}

function problemsOf(schema: z.ZodType, source: SourceFile, issue: z.core.$ZodIssue): ConfigProblem[] {
  if (issue.code !== 'unrecognized_keys') {
    const suggestion = suggestWord(issue, valueAt(source.value, issue.path))
    return [problemAt(source, issue.path, issue.message, suggestion)]
  }
  return issue.keys.map((name) => {
    const suggestion = suggestName(schema, issue.path, name)
    return problemAt(source, [...issue.path, name], 'unknown option', suggestion)
  })
}

/** A name in the same table that is nearly this one, or else the full path of an option elsewhere that is. */
function suggestName(schema: z.ZodType, path: readonly PropertyKey[], name: string): string | undefined {
  const sibling = nearestName(name, namesAt(schema, path))
  if (sibling !== undefined) return sibling
  const options = listOptions(schema)
  const elsewhere = nearestName(
    name,
    options.flatMap((option) => option.path.at(-1) ?? []),
  )
  return options.find((option) => option.path.at(-1) === elsewhere)?.name
}

function suggestWord(issue: z.core.$ZodIssue, value: unknown): string | undefined {
  if (issue.code !== 'invalid_value' || typeof value !== 'string') return undefined
  return nearestName(value, issue.values.map(String))
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value
  for (const segment of path) {
    if (typeof current !== 'object' || current === null) return undefined
    current = Object.getOwnPropertyDescriptor(current, segment)?.value
  }
  return current
}

/** Our words for what zod finds. None repeats the value. */
function wording(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.input === undefined && issue.code === 'invalid_type') return 'is required'
  if (issue.code === 'invalid_value') return `must be one of: ${issue.values.map(String).join(', ')}`
  if (issue.code !== 'invalid_type') return undefined
  const wanted: Record<string, string> = {
    object: 'must be a group of options',
    record: 'must be a group of options',
    array: 'must be a list',
    string: 'must be text; put it in quotes',
  }
  return wanted[issue.expected]
}
