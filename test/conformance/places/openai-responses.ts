import type { JsonObject } from '../../../src/core/json.ts'
import { ARRAY_SCHEMA, LINK, type PlaceRow, PNG } from './place-row.ts'

const user = { role: 'user', content: 'Hi' }
const text = { type: 'input_text', text: 'x' }
const link = { type: 'input_image', image_url: LINK }
const call = (id: string, args = '{}') => ({
  type: 'function_call',
  call_id: id,
  name: 'look',
  arguments: args,
})
const output = (id: string, value: unknown = 'seen') => ({
  type: 'function_call_output',
  call_id: id,
  output: value,
})
const reasoning = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }] }
const input = (...list: unknown[]): JsonObject => ({ input: list })
/** Seven items, four messages of ours. */
const turn = (...rest: unknown[]): JsonObject =>
  input(
    user,
    reasoning,
    { role: 'assistant', content: 'Hm.' },
    call('a'),
    call('b'),
    output('a'),
    output('b'),
    ...rest,
  )
const look = { type: 'function', name: 'look', parameters: { type: 'object' } }

export const RESPONSES_PLACES: readonly PlaceRow[] = [
  { what: 'an empty input', upstream: 'gemini', more: { input: '' }, path: 'input' },
  {
    what: 'an image behind results',
    upstream: 'gemini',
    more: turn({ role: 'user', content: [text, link] }),
    path: 'input[7].content[1]',
  },
  {
    what: 'an image in a result',
    upstream: 'gemini',
    more: input(user, call('a'), call('b'), output('a'), output('b', [link])),
    path: 'input[4].output[0]',
  },
  {
    what: 'an image moved out of a result',
    upstream: 'openai-chat',
    more: input(user, call('a'), output('a', [text, link])),
    path: 'input[2].output[1]',
  },
  {
    what: 'sound',
    upstream: 'anthropic-messages',
    more: turn({
      role: 'user',
      content: [{ type: 'input_audio', input_audio: { data: PNG, format: 'wav' } }],
    }),
    path: 'input[7].content[0]',
  },
  {
    what: 'how closely to look',
    upstream: 'bedrock-converse',
    more: input({
      role: 'user',
      content: [{ type: 'input_image', image_url: `data:image/png;base64,${PNG}`, detail: 'high' }],
    }),
    path: 'input[0].content[0].detail',
  },
  {
    what: 'a file name',
    upstream: 'gemini',
    more: input({ role: 'user', content: [{ type: 'input_file', file_data: PNG, filename: 'a.pdf' }] }),
    path: 'input[0].content[0].filename',
  },
  {
    what: 'a breakpoint',
    upstream: 'gemini',
    more: input(user, {
      role: 'user',
      content: [{ ...text, prompt_cache_breakpoint: { mode: 'explicit' } }],
    }),
    path: 'input[1].content[0].prompt_cache_breakpoint',
  },
  {
    what: 'a phase',
    upstream: 'anthropic-messages',
    more: input(
      user,
      reasoning,
      {
        type: 'message',
        role: 'assistant',
        phase: 'commentary',
        content: [{ type: 'output_text', text: 'x' }],
      },
      user,
    ),
    path: 'input[2].phase',
  },
  {
    what: 'a phase of a plain text',
    upstream: 'bedrock-converse',
    more: input(user, { type: 'message', role: 'assistant', phase: 'commentary', content: 'x' }, user),
    path: 'input[1].phase',
  },
  {
    what: 'sources of an answer',
    upstream: 'anthropic-messages',
    more: input(
      user,
      {
        type: 'message',
        role: 'assistant',
        content: [
          { type: 'output_text', text: 'a', annotations: [] },
          {
            type: 'output_text',
            text: 'x',
            annotations: [{ type: 'url_citation', url: LINK, start_index: 0, end_index: 1 }],
          },
        ],
      },
      user,
    ),
    path: 'input[1].content[1].annotations',
  },
  {
    what: 'reasoning without proof',
    upstream: 'gemini',
    more: turn(),
    path: 'input[1]',
  },
  {
    what: 'a call without a result',
    upstream: 'gemini',
    more: input(user, { role: 'assistant', content: 'x' }, call('a'), call('b'), output('a')),
    path: 'input[3]',
  },
  {
    what: 'a result without a call',
    upstream: 'anthropic-messages',
    more: turn(output('c')),
    path: 'input[7]',
  },
  {
    what: 'arguments that are no object',
    upstream: 'anthropic-messages',
    more: input(user, call('a'), call('b', '[1]'), output('a'), output('b')),
    path: 'input[2].arguments',
  },
  {
    what: 'a provider’s tool at work',
    upstream: 'openai-chat',
    more: input(user, { type: 'web_search_call', id: 'ws_1' }, { role: 'assistant', content: 'x' }, user),
    path: 'input[1]',
  },
  {
    what: 'a system message amid the conversation',
    upstream: 'gemini',
    more: { instructions: 'x', ...turn({ role: 'developer', content: 'y' }, user) },
    path: 'input[7]',
  },
  {
    what: 'a tool in a namespace with a name that is too long',
    upstream: 'anthropic-messages',
    more: {
      tools: [
        look,
        {
          type: 'namespace',
          name: 'n',
          description: 'N',
          tools: [look, { type: 'function', name: 'x'.repeat(64) }],
        },
      ],
    },
    path: 'tools[1].tools[1].name',
  },
  {
    what: 'a tool that an item brings',
    upstream: 'openai-chat',
    more: {
      tools: [look],
      input: [
        { type: 'additional_tools', role: 'developer', tools: [{ type: 'custom', name: 'patch' }] },
        user,
      ],
    },
    path: 'input[0].tools[0]',
  },
  {
    what: 'parameters that are no object',
    upstream: 'gemini',
    more: { tools: [look, { type: 'function', name: 'find', parameters: ARRAY_SCHEMA }] },
    path: 'tools[1].parameters',
  },
  {
    what: 'a strict function',
    upstream: 'bedrock-converse',
    more: { tools: [look, { ...look, name: 'find', strict: true }] },
    path: 'tools[1].strict',
  },
  {
    what: 'a deferred tool',
    upstream: 'openai-chat',
    more: { tools: [look, { ...look, name: 'find', defer_loading: true }] },
    path: 'tools[1].defer_loading',
  },
  {
    what: 'a grammar that is forced',
    upstream: 'anthropic-messages',
    more: {
      tools: [
        look,
        { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'regex', definition: 'a' } },
      ],
      tool_choice: { type: 'custom', name: 'patch' },
    },
    path: 'tools[1].format',
  },
  {
    what: 'a tool of the provider’s own, offered',
    upstream: 'bedrock-converse',
    more: { tools: [look, { type: 'web_search' }] },
    path: 'tools[1]',
  },
]
