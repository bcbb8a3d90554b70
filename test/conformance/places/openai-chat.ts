import type { JsonObject } from '../../../src/core/json.ts'
import { ARRAY_SCHEMA, LINK, type PlaceRow, PNG } from './place-row.ts'

const user = { role: 'user', content: 'Hi' }
const link = { type: 'image_url', image_url: { url: LINK } }
const file = { type: 'file', file: { file_id: 'file_1' } }
const text = { type: 'text', text: 'x' }
const call = (id: string, args = '{}') => ({
  id,
  type: 'function',
  function: { name: 'look', arguments: args },
})
const result = (id: string, content: unknown = 'seen') => ({ role: 'tool', tool_call_id: id, content })
const look = { type: 'function', function: { name: 'look', parameters: { type: 'object' } } }
/** Two calls, two results, and what the user says then: three of Chat's messages that are one of ours. */
const turn = (...rest: unknown[]): JsonObject => ({
  tools: [look],
  messages: [
    { role: 'system', content: 'Be brief.' },
    user,
    { role: 'assistant', content: 'Hm.', tool_calls: [call('a'), call('b')] },
    result('a'),
    result('b'),
    ...rest,
  ],
})
const messages = (...list: unknown[]): JsonObject => ({ messages: list })
const marked = { ...text, cache_control: { type: 'ephemeral' } }
const grammar = { type: 'grammar', grammar: { syntax: 'regex', definition: 'a' } }

export const CHAT_PLACES: readonly PlaceRow[] = [
  {
    what: 'an image behind merged results',
    upstream: 'gemini',
    more: turn({ role: 'user', content: [text, link] }),
    path: 'messages[5].content[1]',
  },
  {
    what: 'a file of OpenAI behind merged results',
    upstream: 'anthropic-messages',
    more: turn({ role: 'user', content: [file] }),
    path: 'messages[5].content[0]',
  },
  {
    what: 'a message of two images',
    upstream: 'bedrock-converse',
    more: messages({
      role: 'user',
      content: [{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }, link],
    }),
    path: 'messages[0].content[1]',
  },
  {
    what: 'an image in the second result',
    upstream: 'gemini',
    more: messages(
      user,
      { role: 'assistant', tool_calls: [call('a'), call('b')] },
      result('a'),
      result('b', [text, link]),
    ),
    path: 'messages[3].content[1]',
  },
  {
    what: 'sound',
    upstream: 'openai-responses',
    more: messages(user, {
      role: 'user',
      content: [{ type: 'input_audio', input_audio: { data: PNG, format: 'wav' } }],
    }),
    path: 'messages[1].content[0]',
  },
  {
    what: 'how closely to look',
    upstream: 'anthropic-messages',
    more: messages({
      role: 'user',
      content: [{ type: 'image_url', image_url: { url: LINK, detail: 'low' } }],
    }),
    path: 'messages[0].content[0].image_url.detail',
  },
  {
    what: 'a file name',
    upstream: 'gemini',
    more: messages({
      role: 'user',
      content: [{ type: 'file', file: { filename: 'a.pdf', file_data: PNG } }],
    }),
    path: 'messages[0].content[0].file.filename',
  },
  {
    what: 'a name behind merged results',
    upstream: 'openai-responses',
    more: turn({ ...user, name: 'Ann' }),
    path: 'messages[5].name',
  },
  {
    what: 'a breakpoint of the system',
    upstream: 'gemini',
    more: messages({ role: 'system', content: [text, marked] }, user),
    path: 'messages[0].content[1].cache_control',
  },
  {
    what: 'a breakpoint in OpenAI’s own words',
    upstream: 'gemini',
    more: messages({ role: 'user', content: [{ ...text, prompt_cache_breakpoint: { mode: 'explicit' } }] }),
    path: 'messages[0].content[0].prompt_cache_breakpoint',
  },
  {
    what: 'a call without a result',
    upstream: 'gemini',
    more: messages(user, { role: 'assistant', tool_calls: [call('a'), call('b')] }, result('a')),
    path: 'messages[1].tool_calls[1]',
  },
  {
    what: 'a result without a call',
    upstream: 'anthropic-messages',
    more: turn(result('c')),
    path: 'messages[5]',
  },
  {
    what: 'an id that is used twice',
    upstream: 'anthropic-messages',
    more: messages(
      user,
      { role: 'assistant', tool_calls: [call('a')] },
      result('a'),
      { role: 'assistant', tool_calls: [call('a')] },
      result('a'),
    ),
    path: 'messages[3].tool_calls[0]',
  },
  {
    what: 'two results of one call',
    upstream: 'anthropic-messages',
    more: messages(user, { role: 'assistant', tool_calls: [call('a')] }, result('a'), result('a')),
    path: 'messages[3]',
  },
  {
    what: 'arguments that are no object',
    upstream: 'anthropic-messages',
    more: messages(user, { role: 'assistant', tool_calls: [call('a', '[1]')] }, result('a')),
    path: 'messages[1].tool_calls[0].function.arguments',
  },
  {
    what: 'arguments of a deprecated call',
    upstream: 'gemini',
    more: {
      functions: [{ name: 'look' }],
      messages: [
        user,
        { role: 'assistant', content: null, function_call: { name: 'look', arguments: '[1]' } },
        { role: 'function', name: 'look', content: 'seen' },
      ],
    },
    path: 'messages[1].function_call.arguments',
  },
  {
    what: 'sources of an answer',
    upstream: 'gemini',
    more: messages(
      user,
      {
        role: 'assistant',
        content: 'x',
        annotations: [{ type: 'url_citation', url_citation: { url: LINK, start_index: 0, end_index: 1 } }],
      },
      user,
    ),
    path: 'messages[1].annotations',
  },
  {
    what: 'reasoning of nobody',
    upstream: 'anthropic-messages',
    more: messages(user, { role: 'assistant', content: 'x', reasoning_content: 'hm' }, user),
    path: 'messages[1].reasoning_content',
  },
  {
    what: 'reasoning of another',
    upstream: 'openai-responses',
    more: messages(
      user,
      {
        role: 'assistant',
        content: 'x',
        reasoning_details: [{ type: 'reasoning.text', text: 'a', format: 'unknown', index: 0 }],
      },
      user,
    ),
    path: 'messages[1].reasoning_details[0]',
  },
  {
    what: 'a system message amid the conversation',
    upstream: 'gemini',
    more: messages(user, { role: 'system', content: 'Be brief.' }, user),
    path: 'messages[1]',
  },
  {
    what: 'an answer that comes first',
    upstream: 'bedrock-converse',
    more: messages({ role: 'system', content: 'x' }, { role: 'assistant', content: 'Hello!' }, user),
    path: 'messages[1]',
  },
  {
    what: 'a last message that is empty',
    upstream: 'anthropic-messages',
    more: messages(user, { role: 'assistant', content: 'x' }, { role: 'user', content: '' }),
    path: 'messages[2]',
  },
  {
    what: 'parameters that are no object',
    upstream: 'openai-responses',
    more: { tools: [look, { type: 'function', function: { name: 'find', parameters: ARRAY_SCHEMA } }] },
    path: 'tools[1].function.parameters',
  },
  {
    what: 'parameters of a deprecated function',
    upstream: 'anthropic-messages',
    more: { functions: [{ name: 'find', parameters: ARRAY_SCHEMA }] },
    path: 'functions[0].parameters',
  },
  {
    what: 'a name that is too long',
    upstream: 'anthropic-messages',
    more: { tools: [look, { type: 'function', function: { name: 'x'.repeat(100) } }] },
    path: 'tools[1].function.name',
  },
  {
    what: 'a strict function',
    upstream: 'bedrock-converse',
    more: { tools: [{ type: 'function', function: { ...look.function, strict: true } }] },
    path: 'tools[0].function.strict',
  },
  {
    what: 'a breakpoint on a tool',
    upstream: 'openai-responses',
    more: { tools: [look, { ...look, function: { name: 'b' }, cache_control: { type: 'ephemeral' } }] },
    path: 'tools[1].cache_control',
  },
  {
    what: 'a grammar that is forced',
    upstream: 'gemini',
    more: {
      tools: [look, { type: 'custom', custom: { name: 'patch', format: grammar } }],
      tool_choice: { type: 'custom', custom: { name: 'patch' } },
    },
    path: 'tools[1].custom.format',
  },
  {
    what: 'a tool of free text',
    upstream: 'anthropic-messages',
    more: { tools: [look, { type: 'custom', custom: { name: 'patch' } }] },
    path: 'tools[1]',
  },
  {
    what: 'a choice among some tools',
    upstream: 'anthropic-messages',
    more: {
      tools: [look],
      tool_choice: {
        type: 'allowed_tools',
        allowed_tools: { mode: 'auto', tools: [{ type: 'function', function: { name: 'look' } }] },
      },
    },
    path: 'tool_choice',
  },
]

export const COMPLETIONS_PLACES: readonly PlaceRow[] = [
  { what: 'an empty prompt', upstream: 'gemini', more: { prompt: '' }, path: 'prompt' },
  {
    what: 'an empty prompt in a list',
    upstream: 'anthropic-messages',
    more: { prompt: [''] },
    path: 'prompt[0]',
  },
]
