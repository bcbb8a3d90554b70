import * as z from 'zod'
import { isJsonObject } from '../core/json.ts'
import { spellingsOf } from './catalogue.ts'
import { optionMeta } from './option.ts'
import { configFileSchema } from './schema.ts'

/** The JSON Schema of the config file, for editors, as the text of `docs/config.schema.json`. */
export function renderJsonSchema(): string {
  const schema = z.toJSONSchema(configFileSchema, {
    io: 'input',
    override({ zodSchema, jsonSchema }) {
      if (!(zodSchema instanceof z.ZodType)) return
      const meta = optionMeta(zodSchema)
      if (meta) jsonSchema.description = meta.description.replaceAll('`', '')
      if (isJsonObject(jsonSchema.default) && Object.keys(jsonSchema.default).length === 0)
        delete jsonSchema.default
      if (zodSchema instanceof z.ZodObject) Object.assign(jsonSchema.properties ?? {}, spellings(zodSchema))
    },
  })
  return `${print({ ...schema, title: 'LLM Gateway configuration' })}\n`
}

function spellings(schema: z.ZodObject): Record<string, z.core.JSONSchema.JSONSchema> {
  const entries = Object.entries<z.ZodType>(schema.shape).flatMap(([name, child]) =>
    spellingsOf(name, child).map(
      (spelling) => [spelling, { $comment: `Another spelling of ${name}.` }] as const,
    ),
  )
  return Object.fromEntries(entries)
}

/** JSON as our formatter leaves it: a list of words stays on one line if it fits. */
function print(value: unknown, indent = '', lead = 0): string {
  if (Array.isArray(value)) {
    const items = value.map((item) => print(item, `${indent}  `))
    const line = `[${items.join(', ')}]`
    const isShort = !line.includes('\n') && lead + line.length <= LINE_WIDTH
    return isShort ? line : list('[', ']', items, indent)
  }
  if (!isJsonObject(value)) return JSON.stringify(value)
  const members = Object.entries(value).map(([name, member]) => {
    const start = `${JSON.stringify(name)}: `
    return start + print(member, `${indent}  `, indent.length + 2 + start.length + 1)
  })
  return members.length === 0 ? '{}' : list('{', '}', members, indent)
}

const LINE_WIDTH = 110

function list(open: string, close: string, items: readonly string[], indent: string): string {
  return `${open}\n${items.map((item) => `${indent}  ${item}`).join(',\n')}\n${indent}${close}`
}
