import * as z from 'zod'

/** What the reference, the environment and the error messages need to know about an option beyond its type. */
export interface OptionMeta {
  readonly description: string
  /** Environment variables that set it; several are spellings of one thing. */
  readonly environment?: readonly string[]
  /** What happens when it is left out, where that is not simply a default value. */
  readonly defaultText?: string
}

const metaOf = z.registry<OptionMeta>()
const typeNameOf = z.registry<{ name: string }>()

/** Registers what there is to know about an option (or a group of them) and returns the same schema. */
export function option<Schema extends z.ZodType>(schema: Schema, meta: OptionMeta): Schema {
  metaOf.add(schema, meta)
  return schema
}

/** Names the type of value that a schema reads, as the reference prints it: `duration`, `size`, `URL`. */
export function typed<Schema extends z.ZodType>(name: string, schema: Schema): Schema {
  typeNameOf.add(schema, { name })
  return schema
}

/** What {@link option} registered. */
export function optionMeta(schema: z.ZodType): OptionMeta | undefined {
  return metaOf.get(schema)
}

/** What {@link typed} registered. */
export function typeName(schema: z.ZodType): string | undefined {
  return typeNameOf.get(schema)?.name
}

/** An issue for a value that cannot be read; the message must not repeat the value, which may be a secret. */
export function refuse(context: z.core.$RefinementCtx, message: string): never {
  context.addIssue({ code: 'custom', message })
  return z.NEVER
}
