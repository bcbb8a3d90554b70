import type { DialectId } from '../../../src/core/dialect-id.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { DIALECTS } from '../../../src/dialects/index.ts'
import type { Carrier } from '../../../src/ir/part.ts'
import type { Json } from '../../support/client.ts'
import { at, holds, type RequestFeature, requestOf, type UpstreamId } from './feature.ts'
import { TWO_TOOLS } from './tooling.ts'

const thinking = (thinkingConfig: JsonObject): JsonObject => ({ generationConfig: { thinkingConfig } })

/** A proof of reasoning as each upstream gives it. */
const PROOFS: Readonly<Record<UpstreamId, Carrier>> = {
  'openai-chat': { origin: 'openai-chat', kind: 'signature', payload: 'reasoning_content' },
  'openai-responses': {
    origin: 'openai-responses',
    kind: 'encrypted',
    payload: 'UFJPT0Y=',
    itemId: 'rs_1',
  },
  'anthropic-messages': { origin: 'anthropic-messages', kind: 'signature', payload: 'UFJPT0Y=' },
  gemini: { origin: 'gemini', kind: 'thought-signature', payload: 'UFJPT0Y=' },
}

type Client = keyof typeof TWO_TOOLS

/** The client's next request, after an answer that was reasoned: what it got from us is what it sends back. */
function replay(client: Client, origin: UpstreamId): JsonObject {
  const shown = client === 'gemini' ? thinking({ includeThoughts: true }) : {}
  const { client: converter } = DIALECTS[client]
  const body = requestOf(client, { ...TWO_TOOLS[client], ...shown }, false)
  const request = converter.decodeRequest(body, { model: 'm', isStreaming: false, headers: {} })
  const answer: Json = converter.encodeResponse(
    {
      model: 'm',
      parts: [
        { type: 'reasoning', text: 'Hm, let me look.', carrier: PROOFS[origin] },
        { type: 'tool-call', callId: 'call_look', name: 'look', input: '{}', kind: 'function' },
      ],
      finish: { unified: 'tool-calls' },
      dropped: [],
    },
    { request, requestId: 'req_1', nowSeconds: 0 },
  )
  return { ...TWO_TOOLS[client], ...CONTINUE[client](answer) }
}

const CONTINUE: Readonly<Record<Client, (answer: Json) => JsonObject>> = {
  'openai-chat': ({ choices }) => ({
    messages: [
      { role: 'user', content: 'Hi' },
      choices[0].message,
      { role: 'tool', tool_call_id: 'call_look', content: 'seen' },
    ],
  }),
  'openai-responses': ({ output }) => ({
    input: [
      { role: 'user', content: 'Hi' },
      ...output,
      { type: 'function_call_output', call_id: 'call_look', output: 'seen' },
    ],
  }),
  'anthropic-messages': ({ content }) => ({
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_look', content: 'seen' }] },
    ],
  }),
  gemini: ({ candidates }) => ({
    contents: [
      { role: 'user', parts: [{ text: 'Hi' }] },
      candidates[0].content,
      {
        role: 'user',
        parts: [{ functionResponse: { id: 'call_look', name: 'look', response: { output: 'seen' } } }],
      },
    ],
  }),
}

const CLIENTS = Object.keys(TWO_TOOLS) as Client[]

function replayed(originFor: (target: UpstreamId) => UpstreamId): RequestFeature['asks'] {
  const asks = CLIENTS.map((client) => [client, (target: UpstreamId) => replay(client, originFor(target))])
  return Object.fromEntries(asks) as Partial<Record<DialectId, (target: UpstreamId) => JsonObject>>
}

/** Reasoning: asking for it, and bringing its proof back. */
export const REASONED: readonly RequestFeature[] = [
  {
    id: 'effort',
    title: 'Reasoning effort (high)',
    cases: ['RSN-01', 'RSN-02', 'RSN-07', 'RSN-09', 'TOP-21'],
    asks: {
      'openai-chat': { reasoning_effort: 'high' },
      'openai-responses': { reasoning: { effort: 'high' } },
      'anthropic-messages': { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } },
      gemini: thinking({ thinkingLevel: 'HIGH' }),
    },
    arrives: {
      'openai-chat': at('reasoning_effort', 'high'),
      'openai-responses': at('reasoning.effort', 'high'),
      'anthropic-messages': at('output_config.effort', 'high'),
      gemini: at('generationConfig.thinkingConfig.thinkingLevel', 'HIGH'),
    },
  },
  {
    id: 'effort-none',
    title: 'No reasoning',
    cases: ['RSN-03', 'RSN-09', 'RSN-10'],
    asks: {
      'openai-chat': { reasoning_effort: 'none' },
      'openai-responses': { reasoning: { effort: 'none' } },
      'anthropic-messages': { thinking: { type: 'disabled' } },
      gemini: thinking({ thinkingBudget: 0 }),
    },
    arrives: {
      'openai-chat': at('reasoning_effort', 'none'),
      'openai-responses': at('reasoning.effort', 'none'),
      'anthropic-messages': at('thinking.type', 'disabled'),
    },
  },
  {
    id: 'budget',
    title: 'Reasoning budget in tokens',
    cases: ['RSN-04', 'RSN-05', 'RSN-11'],
    asks: {
      'anthropic-messages': { thinking: { type: 'enabled', budget_tokens: 2000 } },
      gemini: thinking({ thinkingBudget: 2000 }),
    },
    arrives: {
      'openai-chat': ({ reasoning_effort }) => reasoning_effort !== undefined,
      'openai-responses': ({ reasoning }) => reasoning?.effort !== undefined,
      'anthropic-messages': ({ output_config }) => output_config?.effort !== undefined,
      gemini: ({ generationConfig }) => generationConfig.thinkingConfig?.thinkingLevel !== undefined,
    },
  },
  {
    id: 'reasoning-asked-to-be-shown',
    title: 'Reasoning to be shown',
    cases: ['RSN-12'],
    asks: {
      'openai-responses': { reasoning: { effort: 'low', summary: 'auto' } },
      'anthropic-messages': {
        thinking: { type: 'adaptive', display: 'summarized' },
        output_config: { effort: 'low' },
      },
      gemini: thinking({ thinkingLevel: 'LOW', includeThoughts: true }),
    },
    arrives: {
      'openai-responses': at('reasoning.summary', 'auto'),
      'anthropic-messages': at('thinking.display', 'summarized'),
      gemini: at('generationConfig.thinkingConfig.includeThoughts', true),
    },
  },
  {
    id: 'replay-same-origin',
    title: 'Reasoning brought back to its origin',
    cases: ['RSN-20', 'RSN-21', 'RSN-24', 'RSN-27', 'RSN-30', 'PAS-07'],
    asks: replayed((target) => target),
    arrives: {
      'openai-chat': holds('"reasoning_content":"Hm, let me look."'),
      'openai-responses': (body) => holds('"encrypted_content":"UFJPT0Y="')(body) && holds('"rs_1"')(body),
      'anthropic-messages': holds('"thinking":"Hm, let me look.","signature":"UFJPT0Y="'),
      gemini: holds('"thoughtSignature":"UFJPT0Y="'),
    },
  },
  {
    id: 'replay-other-origin',
    title: 'Reasoning brought to another model',
    cases: ['RSN-22', 'RSN-25', 'RSN-33'],
    asks: replayed((target) => (target === 'anthropic-messages' ? 'gemini' : 'anthropic-messages')),
    arrives: {},
  },
]
