import type { JsonObject } from '../../core/json.ts'
import { clientPath } from '../client-path.ts'
import { JSON_INSTRUCTION } from '../json-instruction.ts'
import { strictSchema } from '../strict-schema.ts'
import type { Encoding } from './encoding.ts'

/** `output_config.format`, or else an instruction that asks for the same. */
export interface EncodedFormat {
  readonly format?: JsonObject
  readonly instruction?: string
}

/** The form that the answer must have. Throws `unsupported_parameter` for a schema that cannot be kept to. */
export function encodeFormat({ request, target, report }: Encoding): EncodedFormat {
  const { format } = request
  if (format === undefined || format.type === 'text') return {}
  const path = clientPath(request.source, 'format')
  if (format.type === 'json') {
    report.approximate(path, 'the model is told to answer in JSON; Anthropic does not enforce it')
    return { instruction: JSON_INSTRUCTION }
  }
  const described = withDescription(format.schema, format.description)
  if (!target.capabilities.nativeSchema) {
    if (format.isStrict === true) report.refuse(path, 'this model cannot be held to a schema')
    report.approximate(path, 'the model is told the schema; it cannot be held to it')
    return { instruction: `${JSON_INSTRUCTION} It must match this schema:\n${JSON.stringify(described)}` }
  }
  const { schema, rewritten, obstacle } = strictSchema(described)
  if (obstacle !== undefined) report.refuse(path, obstacle)
  if (rewritten.length > 0) report.approximate(path, `not enforced as written: ${rewritten.join(', ')}`)
  // Gemini always holds it to the schema, too
  const isLenient = format.isStrict !== true && request.source !== 'gemini'
  if (isLenient) report.approximate(path, 'Anthropic always holds the answer to the schema')
  return { format: { type: 'json_schema', schema } }
}

function withDescription(schema: JsonObject, description: string | undefined): JsonObject {
  if (description === undefined || 'description' in schema) return schema
  return { ...schema, description }
}
