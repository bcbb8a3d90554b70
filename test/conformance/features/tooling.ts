import type { JsonObject } from '../../../src/core/json.ts'
import { at, everywhere, holds, type RequestFeature } from './feature.ts'

const SCHEMA = {
  type: 'object',
  properties: { zone: { type: 'string' }, area: { type: 'string' } },
  required: ['zone', 'area'],
  additionalProperties: false,
}
const NAMES = ['look', 'find'] as const

/** Two functions, as each format declares them. */
export const TWO_TOOLS = {
  'openai-chat': {
    tools: NAMES.map((name) => ({
      type: 'function',
      function: { name, description: `To ${name}`, parameters: SCHEMA },
    })),
  },
  'openai-responses': {
    tools: NAMES.map((name) => ({
      type: 'function',
      name,
      description: `To ${name}`,
      parameters: SCHEMA,
      strict: false,
    })),
  },
  'anthropic-messages': {
    tools: NAMES.map((name) => ({ name, description: `To ${name}`, input_schema: SCHEMA })),
  },
  gemini: {
    tools: [
      {
        functionDeclarations: NAMES.map((name) => ({
          name,
          description: `To ${name}`,
          parametersJsonSchema: SCHEMA,
        })),
      },
    ],
  },
} as const satisfies Record<string, JsonObject>

type Speaker = keyof typeof TWO_TOOLS

/** A conversation in which both tools were called at once, and what the first one returned. */
function called(client: Speaker, input: string, result: Result): JsonObject {
  const tools = TWO_TOOLS[client]
  const object = JSON.parse(input) as unknown
  switch (client) {
    case 'openai-chat':
      return {
        ...tools,
        messages: [
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: null,
            tool_calls: NAMES.map((name) => ({
              id: `call_${name}`,
              type: 'function',
              function: { name, arguments: input },
            })),
          },
          { role: 'tool', tool_call_id: 'call_look', content: result.chat },
          { role: 'tool', tool_call_id: 'call_find', content: 'found' },
        ],
      }
    case 'openai-responses':
      return {
        ...tools,
        input: [
          { role: 'user', content: 'Hi' },
          ...NAMES.map((name) => ({
            type: 'function_call',
            call_id: `call_${name}`,
            name,
            arguments: input,
          })),
          { type: 'function_call_output', call_id: 'call_look', output: result.responses },
          { type: 'function_call_output', call_id: 'call_find', output: 'found' },
        ],
      }
    case 'anthropic-messages':
      return {
        ...tools,
        messages: [
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: NAMES.map((name) => ({ type: 'tool_use', id: `call_${name}`, name, input: object })),
          },
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 'call_look', ...result.messages },
              { type: 'tool_result', tool_use_id: 'call_find', content: 'found' },
            ],
          },
        ],
      }
    case 'gemini':
      return {
        ...tools,
        contents: [
          { role: 'user', parts: [{ text: 'Hi' }] },
          {
            role: 'model',
            parts: NAMES.map((name) => ({ functionCall: { id: `call_${name}`, name, args: object } })),
          },
          {
            role: 'user',
            parts: [
              { functionResponse: { id: 'call_look', name: 'look', ...result.gemini } },
              { functionResponse: { id: 'call_find', name: 'find', response: { output: 'found' } } },
            ],
          },
        ],
      }
  }
}

/** What a tool returned, as each format writes it. */
interface Result {
  readonly chat: unknown
  readonly responses: unknown
  readonly messages: JsonObject
  readonly gemini: JsonObject
}

const TEXT: Result = {
  chat: 'seen',
  responses: 'seen',
  messages: { content: 'seen' },
  gemini: { response: { output: 'seen' } },
}
const PNG = 'iVBORw0KGgo='
const PICTURE: Result = {
  chat: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }],
  responses: [{ type: 'input_image', detail: 'auto', image_url: `data:image/png;base64,${PNG}` }],
  messages: {
    content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } }],
  },
  gemini: { response: {}, parts: [{ inlineData: { mimeType: 'image/png', data: PNG } }] },
}
const FAILED: Result = {
  ...TEXT,
  messages: { content: 'no such place', is_error: true },
  gemini: { response: { error: 'no such place' } },
}

function calledBy(
  clients: readonly Speaker[],
  result: Result,
  input = '{"zone":"z","area":"a"}',
): RequestFeature['asks'] {
  return Object.fromEntries(clients.map((client) => [client, called(client, input, result)]))
}

const SPEAKERS = Object.keys(TWO_TOOLS) as Speaker[]

/** The tools of a client and how it chooses among them. */
function choosing(choices: Partial<Record<Speaker, JsonObject>>): RequestFeature['asks'] {
  return Object.fromEntries(
    Object.entries(choices).map(([client, choice]) => [
      client,
      { ...TWO_TOOLS[client as Speaker], ...choice },
    ]),
  )
}

const geminiMode = (mode: string, allowedFunctionNames?: string[]) => ({
  toolConfig: {
    functionCallingConfig: { mode, ...(allowedFunctionNames && { allowedFunctionNames }) },
  },
})
const MODE = 'toolConfig.functionCallingConfig.mode'
const SEARCH = {
  'openai-chat': { web_search_options: {} },
  'openai-responses': { type: 'web_search' },
  'anthropic-messages': { type: 'web_search_20250305', name: 'web_search' },
  gemini: { googleSearch: {} },
} as const
const PATCH = { name: 'patch', description: 'Applies a patch' }

/** Tools: declared, chosen, called, answered. */
export const TOOLING: readonly RequestFeature[] = [
  {
    id: 'tools',
    title: 'Functions and their schemas, in order',
    cases: ['TLD-01', 'TLD-02', 'TLD-05', 'TLD-06', 'TLD-07', 'TLD-09'],
    asks: TWO_TOOLS,
    arrives: everywhere(
      (body) =>
        /look.*find/.test(JSON.stringify(body.tools)) &&
        holds('"properties":{"zone":{"type":"string"},"area":{"type":"string"}}')(body),
    ),
  },
  {
    id: 'strict-tools',
    title: 'Strict functions',
    cases: ['TLD-04', 'TLC-11'],
    asks: {
      'openai-chat': {
        tools: [{ type: 'function', function: { name: 'look', parameters: SCHEMA, strict: true } }],
      },
      'openai-responses': {
        tools: [{ type: 'function', name: 'look', parameters: SCHEMA, strict: true }],
      },
      'anthropic-messages': { tools: [{ name: 'look', input_schema: SCHEMA, strict: true }] },
      gemini: { ...TWO_TOOLS.gemini, ...geminiMode('VALIDATED') },
    },
    arrives: {
      'openai-chat': holds('"strict":true'),
      'openai-responses': holds('"strict":true'),
      'anthropic-messages': holds('"strict":true'),
      gemini: at(MODE, 'VALIDATED'),
    },
  },
  {
    id: 'tool-names',
    title: 'Names that not every format takes',
    cases: ['TLD-08'],
    asks: {
      'anthropic-messages': { tools: [{ name: 'x'.repeat(100), input_schema: SCHEMA }] },
      gemini: {
        tools: [{ functionDeclarations: [{ name: 'a.look', parametersJsonSchema: SCHEMA }] }],
      },
    },
    arrives: everywhere((body) => JSON.stringify(body.tools).includes('"zone"')),
  },
  {
    id: 'tool-choice-none',
    title: 'No tool',
    cases: ['TLC-02'],
    asks: choosing({
      'openai-chat': { tool_choice: 'none' },
      'openai-responses': { tool_choice: 'none' },
      'anthropic-messages': { tool_choice: { type: 'none' } },
      gemini: geminiMode('NONE'),
    }),
    arrives: {
      'openai-chat': at('tool_choice', 'none'),
      'openai-responses': at('tool_choice', 'none'),
      'anthropic-messages': at('tool_choice.type', 'none'),
      gemini: at(MODE, 'NONE'),
    },
  },
  {
    id: 'tool-choice-required',
    title: 'Some tool, forced',
    cases: ['TLC-03', 'TLC-08', 'TLC-09'],
    asks: choosing({
      'openai-chat': { tool_choice: 'required' },
      'openai-responses': { tool_choice: 'required' },
      'anthropic-messages': { tool_choice: { type: 'any' } },
      gemini: geminiMode('ANY'),
    }),
    arrives: {
      'openai-chat': at('tool_choice', 'required'),
      'openai-responses': at('tool_choice', 'required'),
      'anthropic-messages': at('tool_choice.type', 'any'),
      gemini: at(MODE, 'ANY'),
    },
  },
  {
    id: 'tool-choice-named',
    title: 'This tool, forced',
    cases: ['TLC-04'],
    asks: choosing({
      'openai-chat': { tool_choice: { type: 'function', function: { name: 'find' } } },
      'openai-responses': { tool_choice: { type: 'function', name: 'find' } },
      'anthropic-messages': { tool_choice: { type: 'tool', name: 'find' } },
      gemini: geminiMode('ANY', ['find']),
    }),
    arrives: {
      'openai-chat': at('tool_choice', { type: 'function', function: { name: 'find' } }),
      'openai-responses': at('tool_choice', { type: 'function', name: 'find' }),
      'anthropic-messages': at('tool_choice.name', 'find'),
      gemini: at('toolConfig.functionCallingConfig.allowedFunctionNames', ['find']),
    },
  },
  {
    id: 'tool-choice-allowed',
    title: 'Only these tools',
    cases: ['TLC-05'],
    asks: choosing({
      'openai-chat': {
        tool_choice: {
          type: 'allowed_tools',
          allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'find' } }] },
        },
      },
      'openai-responses': {
        tool_choice: { type: 'allowed_tools', mode: 'auto', tools: [{ type: 'function', name: 'find' }] },
      },
    }),
    arrives: {
      'openai-chat': at('tool_choice.type', 'allowed_tools'),
      'openai-responses': at('tool_choice.type', 'allowed_tools'),
      'anthropic-messages': ({ tools }) => tools.length === 1 && tools[0].name === 'find',
      gemini: (body) =>
        at('toolConfig.functionCallingConfig.allowedFunctionNames', ['find'])(body) ||
        body.tools[0].functionDeclarations.length === 1,
    },
  },
  {
    id: 'one-call-at-a-time',
    title: 'One call at a time',
    cases: ['TLC-06', 'TLC-07', 'TOP-19'],
    asks: choosing({
      'openai-chat': { parallel_tool_calls: false },
      'openai-responses': { parallel_tool_calls: false },
      'anthropic-messages': { tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    }),
    arrives: {
      'openai-chat': at('parallel_tool_calls', false),
      'openai-responses': at('parallel_tool_calls', false),
      'anthropic-messages': at('tool_choice.disable_parallel_tool_use', true),
    },
  },
  {
    id: 'free-text-tool',
    title: 'A tool of free text',
    cases: ['TLD-12', 'TCL-17'],
    asks: {
      'openai-chat': { tools: [{ type: 'custom', custom: PATCH }] },
      'openai-responses': { tools: [{ type: 'custom', ...PATCH }] },
    },
    arrives: everywhere(holds('"patch"')),
  },
  {
    id: 'grammar',
    title: 'A tool of free text with a grammar, offered',
    cases: ['TLD-12'],
    asks: {
      'openai-chat': {
        tools: [
          {
            type: 'custom',
            custom: {
              ...PATCH,
              format: { type: 'grammar', grammar: { syntax: 'regex', definition: '[a-z]+' } },
            },
          },
        ],
      },
      'openai-responses': {
        tools: [
          {
            type: 'custom',
            ...PATCH,
            format: { type: 'grammar', syntax: 'regex', definition: '[a-z]+' },
          },
        ],
      },
    },
    arrives: everywhere(holds('[a-z]+')),
  },
  {
    id: 'namespaces',
    title: 'Tools in a namespace',
    cases: ['TLD-13', 'TLD-13b'],
    asks: {
      'openai-responses': {
        tools: [
          {
            type: 'namespace',
            name: 'clock',
            description: 'Time',
            tools: [{ type: 'function', name: 'now', parameters: SCHEMA, strict: false }],
          },
        ],
      },
    },
    arrives: everywhere(holds('now')),
  },
  {
    id: 'hosted-tool-offered',
    title: 'A web search of the provider, offered beside functions',
    cases: ['SRV-01', 'SRV-02', 'SRV-03', 'TLD-16', 'TOP-25'],
    asks: {
      'openai-chat': { ...TWO_TOOLS['openai-chat'], ...SEARCH['openai-chat'] },
      'openai-responses': { tools: [...TWO_TOOLS['openai-responses'].tools, SEARCH['openai-responses']] },
      'anthropic-messages': {
        tools: [...TWO_TOOLS['anthropic-messages'].tools, SEARCH['anthropic-messages']],
      },
      gemini: { tools: [...TWO_TOOLS.gemini.tools, SEARCH.gemini] },
    },
    arrives: everywhere(holds('web_search')),
  },
  {
    id: 'hosted-tool-forced',
    title: 'A web search of the provider, forced or alone',
    cases: ['SRV-02', 'TLC-10'],
    asks: {
      'openai-chat': SEARCH['openai-chat'],
      'openai-responses': {
        tools: [SEARCH['openai-responses']],
        tool_choice: { type: 'web_search' },
      },
      'anthropic-messages': {
        tools: [...TWO_TOOLS['anthropic-messages'].tools, SEARCH['anthropic-messages']],
        tool_choice: { type: 'tool', name: 'web_search' },
      },
      gemini: { tools: [SEARCH.gemini] },
    },
    arrives: everywhere(holds('web_search')),
  },
  {
    id: 'tool-results',
    title: 'Parallel calls and their results',
    cases: ['TCL-03', 'TCL-06', 'TCL-07', 'TCL-08', 'TCL-10', 'TCL-15', 'MSG-13', 'MSG-21'],
    asks: calledBy(SPEAKERS, TEXT),
    arrives: everywhere((body) => {
      const wire = JSON.stringify(body)
      return (
        ['call_look', 'call_find', 'seen', 'found'].every((word) => wire.includes(word)) &&
        wire.lastIndexOf('call_look') < wire.lastIndexOf('call_find') &&
        wire.indexOf('seen') < wire.indexOf('found')
      )
    }),
  },
  {
    id: 'arguments',
    title: 'Arguments of a call, to the last digit',
    cases: ['TCL-01', 'TCL-02'],
    asks: calledBy(['openai-chat', 'openai-responses'], TEXT, '{"zone":12345678901234567890,"area":1.0}'),
    arrives: everywhere((body) =>
      JSON.stringify(body).replaceAll('\\"', '"').includes('{"zone":12345678901234567890,"area":1.0}'),
    ),
  },
  {
    id: 'image-result',
    title: 'A result that is an image',
    cases: ['TCL-11'],
    asks: calledBy(SPEAKERS, PICTURE),
    arrives: everywhere(holds(PNG)),
  },
  {
    id: 'failed-result',
    title: 'A result that is an error',
    cases: ['TCL-13'],
    asks: calledBy(['anthropic-messages', 'gemini'], FAILED),
    arrives: {
      'openai-chat': holds('{\\"error\\":\\"no such place\\"}'),
      'openai-responses': holds('{\\"error\\":\\"no such place\\"}'),
      'anthropic-messages': holds('"is_error":true'),
      gemini: holds('{"error":"no such place"}'),
    },
  },
]
