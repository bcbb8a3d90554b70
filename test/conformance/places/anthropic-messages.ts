import type { JsonObject } from '../../../src/core/json.ts'
import { ARRAY_SCHEMA, LINK, type PlaceRow, PNG } from './place-row.ts'

const user = { role: 'user', content: 'Hi' }
const text = { type: 'text', text: 'x' }
const link = { type: 'image', source: { type: 'url', url: LINK } }
const file = { type: 'image', source: { type: 'file', file_id: 'file_1' } }
const cache_control = { type: 'ephemeral', ttl: '5m' }
const use = (id: string) => ({ type: 'tool_use', id, name: 'look', input: {} })
const result = (id: string, content: unknown = 'seen', more: JsonObject = {}) => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...more,
})
const said = (...content: unknown[]) => ({ role: 'assistant', content })
const asked = (...content: unknown[]) => ({ role: 'user', content })
const messages = (...list: unknown[]): JsonObject => ({ system: 'Be brief.', messages: list })
const look = { name: 'look', input_schema: { type: 'object' } }

export const MESSAGES_PLACES: readonly PlaceRow[] = [
  {
    what: 'a breakpoint of the system',
    upstream: 'gemini',
    more: { system: [{ ...text, cache_control }] },
    path: 'system[0].cache_control',
  },
  {
    what: 'a breakpoint behind the billing header',
    upstream: 'openai-chat',
    more: {
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: a' },
        { ...text, cache_control },
      ],
    },
    path: 'system[1].cache_control',
  },
  {
    what: 'a breakpoint that lives for minutes',
    upstream: 'openai-responses',
    more: messages(user, said(text), asked(text, { ...text, cache_control })),
    path: 'messages[2].content[1].cache_control',
  },
  {
    what: 'a breakpoint on a call',
    upstream: 'openai-chat',
    more: messages(user, said({ ...use('a'), cache_control }), asked(result('a'))),
    path: 'messages[1].content[0].cache_control',
  },
  {
    what: 'an image',
    upstream: 'gemini',
    more: messages(user, said(text), asked(text, link)),
    path: 'messages[2].content[1]',
  },
  {
    what: 'a file in a result',
    upstream: 'openai-responses',
    more: messages(user, said(use('a'), use('b')), asked(result('b'), result('a', [text, file]))),
    path: 'messages[2].content[1].content[1]',
  },
  {
    what: 'a file in a document',
    upstream: 'openai-chat',
    more: messages(asked({ type: 'document', source: { type: 'content', content: [text, file] } })),
    path: 'messages[0].content[0].source.content[1]',
  },
  {
    what: 'a title',
    upstream: 'gemini',
    more: messages(
      asked(text, {
        type: 'document',
        title: 'T',
        source: { type: 'text', media_type: 'text/plain', data: 'x' },
      }),
    ),
    path: 'messages[0].content[1].title',
  },
  {
    what: 'what is said about a document',
    upstream: 'openai-responses',
    more: messages(
      asked({
        type: 'document',
        context: 'C',
        source: { type: 'base64', media_type: 'application/pdf', data: PNG },
      }),
    ),
    path: 'messages[0].content[0].context',
  },
  {
    what: 'citations that are asked for',
    upstream: 'openai-chat',
    more: messages(
      asked({
        type: 'document',
        citations: { enabled: true },
        source: { type: 'base64', media_type: 'application/pdf', data: PNG },
      }),
    ),
    path: 'messages[0].content[0].citations',
  },
  {
    what: 'a result that failed',
    upstream: 'openai-responses',
    more: messages(user, said(use('a')), asked(result('a', 'no', { is_error: true }))),
    path: 'messages[2].content[0].is_error',
  },
  {
    what: 'results that come later than the next word',
    upstream: 'openai-chat',
    more: messages(
      user,
      said(use('a'), use('b')),
      asked(result('a')),
      asked(text, result('b', 'no', { is_error: true })),
    ),
    path: 'messages[3].content[1].is_error',
  },
  {
    what: 'a call without a result',
    upstream: 'gemini',
    more: messages(user, said(text, use('a'), use('b')), asked(result('a'))),
    path: 'messages[1].content[2]',
  },
  {
    what: 'a result without a call',
    upstream: 'openai-chat',
    more: messages(asked(text, result('a'))),
    path: 'messages[0].content[1]',
  },
  {
    what: 'thinking of Claude’s',
    upstream: 'gemini',
    more: messages(user, said({ type: 'thinking', thinking: 'hm', signature: 'sig' }, text), user),
    path: 'messages[1].content[0]',
  },
  {
    what: 'a provider’s tool at work',
    upstream: 'openai-responses',
    more: messages(
      user,
      said(text, { type: 'server_tool_use', id: 's', name: 'web_search', input: {} }),
      user,
    ),
    path: 'messages[1].content[1]',
  },
  {
    what: 'a system message amid the conversation',
    upstream: 'gemini',
    more: messages(user, said(text), user, { role: 'system', content: 'x' }),
    path: 'messages[3]',
  },
  {
    what: 'its breakpoint',
    upstream: 'openai-chat',
    more: messages(user, { role: 'system', content: [text, { ...text, cache_control }] }),
    path: 'messages[1].content[1].cache_control',
  },
  {
    what: 'an answer to be continued',
    upstream: 'openai-responses',
    more: messages(user, said(text)),
    path: 'messages[1]',
  },
  {
    what: 'a last message that is empty',
    upstream: 'bedrock-converse',
    more: messages(user, said(text), { role: 'user', content: ' ' }),
    path: 'messages[2]',
  },
  {
    what: 'parameters that are no object, behind a tool that is left out',
    upstream: 'openai-responses',
    more: {
      tools: [
        { type: 'web_search_20250305', name: 'web_search' },
        look,
        { name: 'find', input_schema: ARRAY_SCHEMA },
      ],
    },
    path: 'tools[2].input_schema',
  },
  {
    what: 'a tool of the provider’s own, offered',
    upstream: 'gemini',
    more: { tools: [look, { type: 'web_search_20250305', name: 'web_search' }] },
    path: 'tools[1]',
  },
  {
    what: 'a strict tool',
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
    what: 'a breakpoint on a tool',
    upstream: 'openai-chat',
    more: { tools: [look, { ...look, name: 'find', cache_control }] },
    path: 'tools[1].cache_control',
  },
  {
    what: 'a name that is too long',
    upstream: 'openai-responses',
    more: { tools: [look, { ...look, name: 'x'.repeat(100) }] },
    path: 'tools[1].name',
  },
  {
    what: 'a choice of the provider’s own tool',
    upstream: 'openai-chat',
    more: {
      tools: [look, { type: 'web_search_20250305', name: 'web_search' }],
      tool_choice: { type: 'tool', name: 'web_search' },
    },
    path: 'tool_choice',
  },
]
