import { describe, expect, test } from 'vitest'
import type { DialectId } from '../../src/core/dialect-id.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { requestOf, UPSTREAM_IDS, type UpstreamId } from './features/feature.ts'
import { convert } from './features/measure.ts'
import { TWO_TOOLS } from './features/tooling.ts'

/** What only one format has, as its client sends it, towards every upstream of another format. */
interface Row {
  readonly cases: string
  readonly client: DialectId
  readonly more: JsonObject
  /** In the client's spelling. */
  readonly path: string
  /** Upstreams that can have it after all. */
  readonly except?: readonly UpstreamId[]
}

const user = { role: 'user', content: 'Hi' }
const OPENAI = ['openai-chat', 'openai-responses'] as const
const CALL = { type: 'function_call', call_id: 'c', name: 'look', arguments: '{}' }
const OUTPUT = { type: 'function_call_output', call_id: 'c', output: 'x' }
const blocking = { model: 'omni', policy: { output: { mode: 'block' } } }
const scoring = { model: 'omni', policy: { output: { mode: 'score' } } }
const config = (generationConfig: JsonObject): JsonObject => ({ generationConfig })

/** Left out, each would change what was asked for. */
const CONTRACTS: readonly Row[] = [
  {
    cases: 'TOP-03',
    client: 'anthropic-messages',
    more: { max_tokens: 0 },
    path: 'max_tokens',
    except: ['openai-responses'],
  },
  {
    cases: 'TOP-03',
    client: 'openai-responses',
    more: { prompt_cache_options: { prewarm: true } },
    path: 'max_output_tokens',
    except: ['anthropic-messages'],
  },
  { cases: 'TOP-12', client: 'openai-chat', more: { logit_bias: { 1: 5 } }, path: 'logit_bias' },
  {
    cases: 'TOP-23',
    client: 'openai-chat',
    more: { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } },
    path: 'modalities',
  },
  {
    cases: 'TOP-23 PRT-15',
    client: 'gemini',
    more: config({ responseModalities: ['IMAGE'] }),
    path: 'generationConfig.responseModalities',
  },
  {
    cases: 'TOP-25 SRV-02',
    client: 'openai-chat',
    more: { web_search_options: {} },
    path: 'web_search_options',
  },
  {
    cases: 'TOP-26',
    client: 'openai-chat',
    more: { moderation: blocking },
    path: 'moderation',
    except: OPENAI,
  },
  {
    cases: 'TOP-26',
    client: 'openai-responses',
    more: { moderation: blocking },
    path: 'moderation',
    except: OPENAI,
  },
  {
    cases: 'TOP-29 STA-01',
    client: 'openai-responses',
    more: { previous_response_id: 'resp_1' },
    path: 'previous_response_id',
  },
  {
    cases: 'TOP-29 STA-01',
    client: 'openai-responses',
    more: { conversation: 'conv_1' },
    path: 'conversation',
  },
  { cases: 'TOP-29 STA-03', client: 'openai-responses', more: { background: true }, path: 'background' },
  { cases: 'TOP-29 STA-04', client: 'openai-responses', more: { prompt: { id: 'pmpt_1' } }, path: 'prompt' },
  {
    cases: 'STA-05 MSG-25',
    client: 'openai-responses',
    more: { input: [{ type: 'item_reference', id: 'msg_1' }, user] },
    path: 'input[0]',
  },
  { cases: 'STA-09', client: 'anthropic-messages', more: { thread: { id: 't' } }, path: 'thread' },
  { cases: 'TOP-30', client: 'openai-responses', more: { truncation: 'auto' }, path: 'truncation' },
  { cases: 'TOP-31', client: 'anthropic-messages', more: { inference_geo: 'eu' }, path: 'inference_geo' },
  {
    cases: 'TOP-31',
    client: 'gemini',
    more: { safetySettings: [{ category: 'x', threshold: 'y' }] },
    path: 'safetySettings',
  },
  { cases: 'CCH-06', client: 'gemini', more: { cachedContent: 'cachedContents/a' }, path: 'cachedContent' },
  {
    cases: 'RSN-13',
    client: 'openai-responses',
    more: { reasoning: { mode: 'pro' } },
    path: 'reasoning.mode',
  },
  {
    cases: 'SCH-12',
    client: 'openai-responses',
    more: { input: [user, { type: 'configuration_update', text: { format: { type: 'json_object' } } }] },
    path: 'input[1]',
  },
  {
    cases: 'MSG-17',
    client: 'openai-chat',
    more: { messages: [user, { role: 'assistant', audio: { id: 'audio_1' } }, user] },
    path: 'messages[1].audio',
  },
  {
    cases: 'TCL-20',
    client: 'openai-responses',
    more: {
      ...TWO_TOOLS['openai-responses'],
      input: [user, { ...CALL, caller: { type: 'program', caller_id: 'p' } }, OUTPUT],
    },
    path: 'input[1].caller',
  },
  {
    cases: 'TLD-15',
    client: 'openai-responses',
    more: { tools: [{ type: 'apply_patch' }] },
    path: 'tools[0]',
  },
  {
    cases: 'TLC-10 SRV-02',
    client: 'openai-responses',
    more: {
      tools: [...TWO_TOOLS['openai-responses'].tools, { type: 'web_search' }],
      tool_choice: { type: 'web_search' },
    },
    path: 'tool_choice',
  },
]

/** Left out, each is missed by nobody but named. */
const HINTS: readonly Row[] = [
  {
    cases: 'MSG-12',
    client: 'openai-chat',
    more: { messages: [{ ...user, name: 'ada' }] },
    path: 'messages[0].name',
  },
  {
    cases: 'TOP-24',
    client: 'openai-chat',
    more: { prediction: { type: 'content', content: 'x' } },
    path: 'prediction',
  },
  {
    cases: 'TOP-26',
    client: 'openai-chat',
    more: { moderation: scoring },
    path: 'moderation',
    except: OPENAI,
  },
  {
    cases: 'TOP-31',
    client: 'anthropic-messages',
    more: { diagnostics: { previous_message_id: 'm' } },
    path: 'diagnostics',
  },
  { cases: 'TOP-32', client: 'anthropic-messages', more: { future: 1 }, path: 'future' },
  {
    cases: 'RSN-13',
    client: 'openai-responses',
    more: { reasoning: { context: 'all_turns' } },
    path: 'reasoning.context',
  },
  {
    cases: 'RSN-14',
    client: 'anthropic-messages',
    more: { output_config: { task_budget: { total: 1 } } },
    path: 'output_config.task_budget',
  },
  {
    cases: 'TLD-10',
    client: 'anthropic-messages',
    more: { tools: [{ ...TWO_TOOLS['anthropic-messages'].tools[0], input_examples: [{}] }] },
    path: 'tools[0].input_examples',
  },
  {
    cases: 'TLD-16 SRV-02 SRV-03',
    client: 'openai-responses',
    more: {
      tools: [
        ...TWO_TOOLS['openai-responses'].tools,
        { type: 'code_interpreter', container: { type: 'auto' } },
      ],
    },
    path: 'tools[2]',
  },
]

const others = ({ client, except = [] }: Row) =>
  UPSTREAM_IDS.filter((id) => id !== client && !except.some((each) => each === id))

const ways = (rows: readonly Row[]) =>
  rows.flatMap((row) => others(row).map((upstream) => ({ ...row, upstream })))

describe('a contract is refused by its path, before any upstream is asked', () => {
  test.each(ways(CONTRACTS))('$cases $path, $client → $upstream', ({ client, upstream, more, path }) => {
    const run = () => convert(client, upstream, requestOf(client, more, false), { mode: 'whole' })
    expect(run).toThrow(expect.objectContaining({ code: 'unsupported_parameter', path }))
  })
})

describe('a hint is left out and named by its path', () => {
  test.each(ways(HINTS))('$cases $path, $client → $upstream', ({ client, upstream, more, path }) => {
    const { dropped } = convert(client, upstream, requestOf(client, more, false), { mode: 'whole' })
    expect(dropped.map((entry) => entry.path)).toContain(path)
  })
})
