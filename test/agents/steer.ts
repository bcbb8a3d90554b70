/** A JSON object of a request, as far as steering looks into it. */
type Json = Record<string, unknown>

/** The arguments that a tool is to be called with, by tool name. Of these tools, the first that a request offers is called. */
export type Steering = Readonly<Record<string, Json>>

export interface Steered {
  readonly body: Json
  /** Texts of the tool results that the request carries. */
  readonly results: readonly string[]
  /** Whether the steered tool takes free text, which cannot be chosen. */
  readonly isFreeText: boolean
}

/**
 * Makes the simulated model behave like one that was asked to read a file: a request without a tool result is to be answered by a call of
 * the steered tool with exactly these arguments, any other by text. Knows all four formats that upstreams speak.
 */
export function steer(body: Json, steering: Steering): Steered {
  const format = formatOf(body)
  const results = format.results(body)
  const steered = structuredClone(body)
  const offered = format.tools(steered)
  const tool = offered.find(({ name }) => steering[plainName(name)] !== undefined)
  const isFreeText = tool?.isFreeText ?? false
  if (tool === undefined || results.length > 0) {
    if (offered.length > 0) Object.assign(steered, format.choice(undefined))
    return { body: steered, results, isFreeText }
  }
  // the simulator's sample of a schema with a constant is that constant
  tool.setSchema({ type: 'object', const: steering[plainName(tool.name)] })
  Object.assign(steered, format.choice(tool))
  return { body: steered, results, isFreeText }
}

/** A tool of a namespace reaches formats without them as `namespace__name`. */
function plainName(name: string): string {
  return name.split('__').at(-1) ?? name
}

interface Offer {
  readonly name: string
  readonly isFreeText: boolean
  setSchema(schema: Json): void
}

interface Format {
  tools(body: Json): Offer[]
  results(body: Json): string[]
  /** The fields that force one tool, or forbid all. */
  choice(tool: Offer | undefined): Json
}

function formatOf(body: Json): Format {
  if (Array.isArray(body.contents)) return GEMINI
  if (body.input !== undefined) return RESPONSES
  return objects(body.tools).some((tool) => tool.input_schema !== undefined) || body.system !== undefined
    ? MESSAGES
    : CHAT
}

const CHAT: Format = {
  tools: (body) =>
    objects(body.tools).map((tool) =>
      tool.type === 'custom' ? freeText(object(tool.custom)) : offer(object(tool.function), 'parameters'),
    ),
  results: (body) =>
    objects(body.messages)
      .filter((message) => message.role === 'tool')
      .map((message) => text(message.content)),
  choice: (tool) => {
    const type = tool?.isFreeText ? 'custom' : 'function'
    return { tool_choice: tool === undefined ? 'none' : { type, [type]: { name: tool.name } } }
  },
}

const RESPONSES: Format = {
  tools: (body) => {
    const lists = objects(body.input).filter((item) => item.type === 'additional_tools')
    return [body, ...lists].flatMap((holder) =>
      objects(holder.tools).flatMap((tool) =>
        (tool.type === 'namespace' ? objects(tool.tools) : [tool]).map((each) =>
          each.type === 'custom' ? freeText(each) : offer(each, 'parameters'),
        ),
      ),
    )
  },
  results: (body) =>
    objects(body.input)
      .filter((item) => String(item.type).endsWith('_call_output'))
      .map((item) => text(item.output)),
  choice: (tool) => {
    const type = tool?.isFreeText ? 'custom' : 'function'
    return { tool_choice: tool === undefined ? 'none' : { type, name: tool.name } }
  },
}

const MESSAGES: Format = {
  tools: (body) => objects(body.tools).map((tool) => offer(tool, 'input_schema')),
  results: (body) =>
    objects(body.messages)
      .flatMap((message) => objects(message.content))
      .filter((block) => block.type === 'tool_result')
      .map((block) => text(block.content)),
  choice: (tool) => ({
    tool_choice: tool === undefined ? { type: 'none' } : { type: 'tool', name: tool.name },
  }),
}

const GEMINI: Format = {
  tools: (body) =>
    objects(body.tools)
      .flatMap((tool) => objects(tool.functionDeclarations))
      .map((declaration) =>
        offer(
          declaration,
          declaration.parametersJsonSchema === undefined ? 'parameters' : 'parametersJsonSchema',
        ),
      ),
  results: (body) =>
    objects(body.contents)
      .flatMap((content) => objects(content.parts))
      .filter((part) => part.functionResponse !== undefined)
      .map((part) => JSON.stringify(part.functionResponse)),
  choice: (tool) => ({
    toolConfig: {
      functionCallingConfig:
        tool === undefined ? { mode: 'NONE' } : { mode: 'ANY', allowedFunctionNames: [tool.name] },
    },
  }),
}

function offer(holder: Json, schemaField: string): Offer {
  return {
    name: String(holder.name),
    isFreeText: false,
    setSchema: (schema) => {
      holder[schemaField] = schema
    },
  }
}

function freeText(holder: Json): Offer {
  return { name: String(holder.name), isFreeText: true, setSchema: () => undefined }
}

function text(content: unknown): string {
  return typeof content === 'string' ? content : JSON.stringify(content)
}

function objects(list: unknown): Json[] {
  return Array.isArray(list) ? list.filter(isObject) : []
}

function object(value: unknown): Json {
  return isObject(value) ? value : {}
}

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
