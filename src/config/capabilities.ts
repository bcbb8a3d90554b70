import * as z from 'zod'
import { option } from './option.ts'
import { choice, choices, flag, integer } from './values.ts'

// What a model accepts, where an operator knows better than we do: `ir/capabilities.ts` in the spelling of the config file. What is
// left out stays as the model's name and its provider have it.

const thinking = z.strictObject({
  style: option(choice(['adaptive', 'budget', 'level', 'effort', 'none']).optional(), {
    description: 'How reasoning is asked for.',
  }),
  least: option(choice(['disabled', 'between-tools', 'lowest']).optional(), {
    description:
      'What "no reasoning" becomes: `disabled` switches it off, the others are the least there is.',
  }),
  efforts: option(choices(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).optional(), {
    description: 'The efforts that it knows.',
  }),
  max_budget_tokens: option(integer(1).optional(), {
    description: 'The largest budget of thinking tokens that it takes.',
  }),
})

const fields = {
  sampling: option(choice(['yes', 'no', 'without-reasoning']).optional(), {
    description:
      'Takes `temperature`, `top_p` and `top_k`; `without-reasoning`: only while it does not reason.',
  }),
  samples_one_way: option(flag.optional(), { description: 'Refuses `temperature` and `top_p` together.' }),
  penalties: option(flag.optional(), { description: 'Takes presence and frequency penalties.' }),
  thinking: option(thinking.optional(), { description: 'How it reasons.' }),
  forced_tools: option(choice(['yes', 'no', 'without-thinking', 'emulate']).optional(), {
    description:
      'May be made to call a tool; `without-thinking`: only while it does not reason; `emulate`: no, but it is told to, and offered no other tool.',
  }),
  native_schema: option(flag.optional(), { description: 'Takes a JSON Schema for its answer.' }),
  schema_with_tools: option(flag.optional(), { description: 'Takes one together with tools.' }),
  prefill: option(flag.optional(), { description: 'Continues an answer that comes last.' }),
  mid_system: option(flag.optional(), { description: 'Takes system messages amid the conversation.' }),
  chat_tools_with_reasoning: option(flag.optional(), {
    description: 'Takes function tools together with reasoning in Chat Completions.',
  }),
  completion_tokens: option(flag.optional(), {
    description: 'Takes `max_completion_tokens` instead of `max_tokens`.',
  }),
  stop_sequences: option(flag.optional(), { description: 'Takes stop sequences.' }),
  cache_breakpoints: option(flag.optional(), { description: 'Takes explicit cache breakpoints.' }),
  requires_signatures: option(flag.optional(), {
    description: 'Wants the signatures of its own function calls back.',
  }),
  custom_tools: option(flag.optional(), {
    description: "Takes tools whose input is free text, and the rest of what OpenAI's Chat gained with them.",
  }),
  thinking_in_content: option(flag.optional(), {
    description: "Takes its thinking back among the content of Chat's messages, as Mistral does.",
  }),
  tool_result_media: option(flag.optional(), {
    description: 'Takes images and files inside the results of tools.',
  }),
  max_output_tokens: option(integer(1).optional(), { description: 'The most tokens that it writes.' }),
}

/** `capabilities` of an upstream account or of a model route. */
export const capabilities = () =>
  option(z.strictObject(fields).optional(), {
    description: 'What its models accept, where that differs from what we know. Concerns converted requests.',
    defaultText: 'known by model and provider',
  })

type Written = z.output<z.ZodObject<typeof fields>>

type CamelCase<Name extends string> = Name extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name

type Given<Value> = Value extends readonly unknown[]
  ? Readonly<Value>
  : Value extends object
    ? { readonly [Name in keyof Value & string as CamelCase<Name>]?: Exclude<Value[Name], undefined> }
    : Value

/** Only what is overridden, in the spelling of the program. */
export type CapabilitiesConfig = {
  readonly [Name in keyof Written as CamelCase<Name>]?: Given<Exclude<Written[Name], undefined>>
}

/** What a file says, in the spelling of the program. */
export function toCapabilities(written: Written): CapabilitiesConfig {
  const entries = Object.entries(written).filter(([, value]) => value !== undefined)
  return Object.fromEntries(
    entries.map(([name, value]) => [camelCase(name), isGroup(value) ? toCapabilities(value) : value]),
  )
}

function isGroup(value: unknown): value is Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_match, letter: string) => letter.toUpperCase())
}
