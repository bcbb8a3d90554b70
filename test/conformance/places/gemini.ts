import type { JsonObject } from '../../../src/core/json.ts'
import { ARRAY_SCHEMA, type PlaceRow, PNG } from './place-row.ts'

const user = { role: 'user', parts: [{ text: 'Hi' }] }
const asked = (...parts: unknown[]) => ({ role: 'user', parts })
const said = (...parts: unknown[]) => ({ role: 'model', parts })
const call = (name: string) => ({ functionCall: { name, args: {} } })
const result = (name: string, response: JsonObject = { output: 'seen' }, more: JsonObject = {}) => ({
  functionResponse: { name, response, ...more },
})
const upload = { fileData: { fileUri: 'files/a', mimeType: 'image/png' } }
const film = { inlineData: { mimeType: 'video/mp4', data: PNG } }
const contents = (...list: unknown[]): JsonObject => ({
  systemInstruction: { parts: [{ text: 'Be brief.' }] },
  contents: list,
})
const declared = (...functionDeclarations: JsonObject[]): JsonObject => ({
  tools: [{ functionDeclarations: [{ name: 'look' }, ...functionDeclarations] }],
})

export const GEMINI_PLACES: readonly PlaceRow[] = [
  {
    what: 'a film',
    upstream: 'openai-chat',
    more: contents(user, said({ text: 'Hello' }), asked({ text: 'See' }, film)),
    path: 'contents[2].parts[1]',
  },
  {
    what: 'a film behind pieces of one answer',
    upstream: 'openai-responses',
    more: contents(user, said({ text: 'Hel' }), said({ text: 'lo' }), asked(film)),
    path: 'contents[3].parts[0]',
  },
  {
    what: 'a film behind results in contents of their own',
    upstream: 'anthropic-messages',
    more: contents(
      user,
      said(call('a'), call('b')),
      asked(result('b')),
      asked(result('a')),
      asked({ text: 'x' }, film),
    ),
    path: 'contents[4].parts[1]',
  },
  {
    what: 'contents without a list',
    upstream: 'openai-chat',
    more: { contents: asked(film) },
    path: 'contents.parts[0]',
  },
  {
    what: 'names in snake case',
    upstream: 'openai-chat',
    more: {
      system_instruction: { parts: [{ text: 'x' }] },
      contents: [said(call('a')), asked({ function_response: { name: 'a', response: { error: 'x' } } })],
    },
    path: 'contents[1].parts[0].function_response.response',
  },
  {
    what: 'an upload in a result',
    upstream: 'openai-chat',
    more: contents(user, said(call('a')), asked(result('a', {}, { parts: [upload] }))),
    path: 'contents[2].parts[0].functionResponse.parts[0]',
  },
  {
    what: 'a result that failed',
    upstream: 'openai-responses',
    more: contents(user, said(call('a'), call('b')), asked(result('a'), result('b', { error: 'no' }))),
    path: 'contents[2].parts[1].functionResponse.response',
  },
  {
    what: 'a call without a result',
    upstream: 'anthropic-messages',
    more: contents(user, said({ text: 'Hm' }, call('a'), call('b')), asked(result('a'))),
    path: 'contents[1].parts[2]',
  },
  {
    what: 'a result without a call',
    upstream: 'openai-chat',
    more: contents(asked({ text: 'x' }, result('a'))),
    path: 'contents[0].parts[1]',
  },
  {
    what: 'thoughts',
    upstream: 'anthropic-messages',
    more: contents(user, said({ text: 'hm', thought: true }, { text: 'x' }), user),
    path: 'contents[1].parts[0]',
  },
  {
    what: 'a provider’s tool at work',
    upstream: 'bedrock-converse',
    more: contents(user, said({ text: 'x' }, { executableCode: { language: 'PYTHON', code: '1' } }), user),
    path: 'contents[1].parts[1]',
  },
  {
    what: 'an image of the model',
    upstream: 'openai-chat',
    more: contents(user, said({ text: 'x' }, { inlineData: { mimeType: 'image/png', data: PNG } }), user),
    path: 'contents[1].parts[1]',
  },
  {
    what: 'how closely to look',
    upstream: 'anthropic-messages',
    more: contents(
      asked({
        inlineData: { mimeType: 'image/png', data: PNG },
        mediaResolution: { level: 'MEDIA_RESOLUTION_LOW' },
      }),
    ),
    path: 'contents[0].parts[0].mediaResolution',
  },
  {
    what: 'an answer that comes first',
    upstream: 'anthropic-messages',
    more: contents(said({ text: 'Hello' }), user),
    path: 'contents[0]',
  },
  {
    what: 'an answer that comes last',
    upstream: 'openai-responses',
    more: contents(user, said({ text: 'Hello' })),
    path: 'contents[1]',
  },
  {
    what: 'a last message that is empty',
    upstream: 'anthropic-messages',
    more: contents(user, said({ text: 'Hello' }), asked({ text: '' })),
    path: 'contents[2]',
  },
  {
    what: 'parameters that are no object',
    upstream: 'openai-responses',
    more: declared({ name: 'find', parametersJsonSchema: ARRAY_SCHEMA }),
    path: 'tools[0].functionDeclarations[1].parametersJsonSchema',
  },
  {
    what: 'parameters in Google’s own words',
    upstream: 'anthropic-messages',
    more: declared({ name: 'find', parameters: { type: 'ARRAY' } }),
    path: 'tools[0].functionDeclarations[1].parameters',
  },
  {
    what: 'a name with a dot',
    upstream: 'openai-chat',
    more: declared({ name: 'a.b' }),
    path: 'tools[0].functionDeclarations[1].name',
  },
  {
    what: 'a tool of the provider’s own, offered',
    upstream: 'openai-responses',
    more: { tools: [{ functionDeclarations: [{ name: 'look' }] }, { googleSearch: {} }] },
    path: 'tools[1].googleSearch',
  },
  {
    what: 'a choice among some tools',
    upstream: 'anthropic-messages',
    more: {
      ...declared({ name: 'find' }),
      tool_config: { function_calling_config: { mode: 'AUTO', allowed_function_names: ['look'] } },
    },
    path: 'tool_config.function_calling_config',
  },
]
