import { describe, expect, test } from 'vitest'
import { decode, encode, refusalOf } from '../../../test/support/dialects/anthropic-messages.ts'
import type { JsonObject } from '../../core/json.ts'
import { wrapCarrier } from '../carrier.ts'

const paths = (body: JsonObject) => decode(body).extras.map(({ path, weight }) => `${weight} ${path}`)
const user = { role: 'user', content: 'Hello' }
const ask = (...content: JsonObject[]) => ({ messages: [{ role: 'user', content }] })
const said = (...content: JsonObject[]) => ({ messages: [user, { role: 'assistant', content }, user] })
const partsOf = (body: JsonObject, index = 0) => decode(body).messages[index]?.parts

describe('top-level fields', () => {
  test('TOP-01 TOP-02 TOP-05 TOP-06 TOP-07 TOP-08 TOP-18 the plain ones', () => {
    const body = { temperature: 0.5, top_p: 0.9, top_k: 5, stop_sequences: ['x'], stream: true, tools: null }
    expect(decode(body)).toEqual({
      source: 'anthropic-messages',
      model: 'claude',
      isStreaming: true,
      messages: [{ role: 'user', parts: [{ type: 'text', text: 'Hello' }] }],
      tools: [],
      maxOutputTokens: 100,
      stopSequences: ['x'],
      sampling: { temperature: 0.5, topP: 0.9, topK: 5 },
      wantsStreamUsage: true,
      extras: [],
    })
  })

  test('TOP-03 no tokens at all is a limit too: it asks for a warm cache and no answer', () => {
    expect(decode({ max_tokens: 0 })).toMatchObject({ maxOutputTokens: 0, extras: [] })
  })

  test('CNT-01 a request to count tokens has no max_tokens', () => {
    expect(decode({ max_tokens: undefined }).maxOutputTokens).toBeUndefined()
  })

  test('TOP-14 TOP-15 only the user id of metadata means something elsewhere', () => {
    const metadata = { user_id: '{"device":"x"}', team: 'blue' }
    expect(decode({ metadata }).endUserId).toBe('{"device":"x"}')
    expect(paths({ metadata })).toEqual(['hint metadata.team'])
  })

  test.each([
    [{ service_tier: 'auto' }, 'auto', []],
    [{ service_tier: 'standard_only' }, 'default', []],
    [{ speed: 'fast' }, 'fast', []],
    [{ speed: 'fast', service_tier: 'standard_only' }, 'fast', ['hint service_tier']],
    [{ speed: 'standard' }, undefined, []],
    [{ speed: 'leisurely' }, undefined, ['hint speed']],
  ])('TOP-16 tier %j', (body, tier, extras) => {
    expect(decode(body).serviceTier).toBe(tier)
    expect(paths(body)).toEqual(extras)
  })

  test('TOP-31 STA-09 CCH-10 what only Anthropic has: contracts would change the answer, hints would not', () => {
    const body = {
      container: 'c',
      mcp_servers: [{ url: 'x' }],
      inference_geo: 'eu',
      thread: { id: 't' },
      fallbacks: ['x'],
      diagnostics: { previous_message_id: 'm' },
    }
    expect(paths(body)).toEqual([
      'contract container',
      'contract mcp_servers',
      'contract inference_geo',
      'contract thread',
      'hint fallbacks',
      'hint diagnostics',
    ])
  })

  test('TOP-32 TOP-33 unknown fields are hints, nulls and empty lists nothing', () => {
    expect(paths({ shiny: 1, mcp_servers: [], container: null, metadata: null, thinking: null })).toEqual([
      'hint shiny',
    ])
  })

  test.each<[string, JsonObject]>([
    ['invalid_request model', { model: '' }],
    ['invalid_request messages', { messages: [] }],
    ['invalid_request messages[0].role', { messages: [{ role: 'tool', content: 'x' }] }],
    ['invalid_request messages[0].content', { messages: [{ role: 'user', content: 5 }] }],
    ['invalid_request messages[0].content[0].type', ask({})],
    ['invalid_request messages[0].content[0].text', ask({ type: 'text' })],
    [
      'invalid_request messages[0].content[0].source.data',
      ask({ type: 'image', source: { type: 'base64', media_type: 'image/png' } }),
    ],
    [
      'invalid_request messages[1].content[0].input',
      said({ type: 'tool_use', id: 'a', name: 'b', input: 'x' }),
    ],
    ['invalid_request max_tokens', { max_tokens: -1 }],
    ['invalid_request temperature', { temperature: 'hot' }],
    ['invalid_request thinking.type', { thinking: { type: 'hard' } }],
    ['invalid_request output_config.effort', { output_config: { effort: 'much' } }],
    [
      'invalid_request tool_choice.name',
      { tools: [{ name: 'a' }], tool_choice: { type: 'tool', name: 'b' } },
    ],
    ['invalid_request tools[1].name', { tools: [{ name: 'a' }, { name: 'a' }] }],
  ])('TOP-34 TLC-04 TLD-17 %s', (refusal, body) => {
    expect(refusalOf(() => decode(body))).toBe(refusal)
  })

  test('HDR-04 HDR-08 an unknown version is refused, a missing one is not; betas are the upstream’s business', () => {
    expect(refusalOf(() => decode({}, { 'anthropic-version': '2024-01-01' }))).toBe(
      'invalid_request anthropic-version',
    )
    expect(decode({}, { 'anthropic-beta': 'anything-2030-01-01' }).extras).toEqual([])
  })

  test('HDR-07 sampling under the newest version is taken as it is', () => {
    const request = decode({ temperature: 0.3 }, { 'anthropic-version': '2026-10-21' })
    expect(request.sampling).toEqual({ temperature: 0.3 })
  })
})

describe('thinking and format', () => {
  test.each<[string, JsonObject, object | undefined]>([
    ['RSN-01 RSN-06 adaptive', { thinking: { type: 'adaptive' } }, { mode: 'adaptive' }],
    [
      'RSN-05 a budget',
      { thinking: { type: 'enabled', budget_tokens: 2048, display: 'summarized' } },
      { mode: 'budget', budgetTokens: 2048, summary: 'auto' },
    ],
    ['RSN-03 off', { thinking: { type: 'disabled' } }, { mode: 'disabled' }],
    ['RSN-03 between tools', { thinking: { type: 'between_tools' } }, { mode: 'between-tools' }],
    ['RSN-07 effort alone', { output_config: { effort: 'max' } }, { effort: 'max' }],
    [
      'RSN-12 nothing to see',
      { thinking: { type: 'adaptive', display: 'omitted' } },
      { mode: 'adaptive', summary: 'none' },
    ],
    ['RSN-08 nothing', {}, undefined],
  ])('%s', (_name, body, reasoning) => {
    expect(decode(body).reasoning).toEqual(reasoning)
  })

  test('RSN-14 betas of thinking are hints', () => {
    const body = {
      thinking: { type: 'adaptive', display: 'updates', block_binding: {} },
      output_config: { task_budget: { total: 1 } },
    }
    expect(paths(body)).toEqual([
      'hint output_config.task_budget',
      'hint thinking.block_binding',
      'hint thinking.display',
    ])
  })

  test('SCH-01 SCH-04 SCH-11 a schema, in its own key order, by its name of today and the older one', () => {
    const format = { type: 'json_schema', schema: { type: 'object', b: 1, a: 2 } }
    const expected = { type: 'json-schema', schema: format.schema, isStrict: true }
    const decoded = decode({ output_config: { format } }).format
    expect(decoded).toEqual(expected)
    expect(decode({ output_format: format }).format).toEqual(expected)
    expect(JSON.stringify(decoded)).toContain('{"type":"object","b":1,"a":2}')
  })
})

describe('system', () => {
  test('MSG-01 MSG-05 TOP-28 the prompt is one message with a part for each block', () => {
    const cache_control = { type: 'ephemeral', ttl: '1h' }
    const system = [
      { type: 'text', text: 'A' },
      { type: 'text', text: 'B', cache_control },
    ]
    const parts = [
      { type: 'text', text: 'A' },
      { type: 'text', text: 'B', cache: { lifetime: 'long' } },
    ]
    expect(decode({ system }).messages[0]).toEqual({ role: 'system', parts })
    expect(decode({ system: 'A' }).messages[0]?.parts).toEqual([{ type: 'text', text: 'A' }])
    expect(decode({ system: '' }).messages).toHaveLength(1)
  })

  test('MSG-07 in the middle it stays in its place', () => {
    const messages = [user, { role: 'system', content: 'Be brief.' }, { role: 'assistant', content: 'Yes' }]
    expect(decode({ messages }).messages.map(({ role }) => role)).toEqual(['user', 'system', 'assistant'])
  })

  test('MSG-08 what it says beyond text is a contract', () => {
    const content = [
      { type: 'text', text: 'x' },
      { type: 'tool_addition', tool: { name: 'a' } },
    ]
    const changed = {
      role: 'system',
      content,
      output_config: { format: {} },
      clear_at: 'next_user_message',
    }
    expect(paths({ messages: [user, changed] })).toEqual([
      'contract messages[1].clear_at',
      'contract messages[1].output_config.format',
      'contract messages[1].content[1]',
    ])
    expect(paths({ messages: [user, { role: 'system', content: 'x', clear_at: 'never' }] })).toEqual([])
  })

  test('MSG-08 RSN-07 AGT-01 an effort set there holds from there on', () => {
    const said = (effort: string) => ({ role: 'system', content: 'x', output_config: { effort } })
    const answer = { role: 'assistant', content: 'y' }
    const messages = [user, said('max'), answer, user, said('low')]
    const body = { messages, output_config: { effort: 'high' } }
    expect(decode(body).reasoning).toEqual({ effort: 'low' })
    expect(paths(body)).toEqual([])
    expect(() => decode({ messages: [user, said('much')] })).toThrow('messages[1].output_config.effort')
  })

  test('AGT-01 what Claude Code sends is carried over or named', () => {
    const body = {
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1' },
        { type: 'text', text: 'You code.' },
      ],
      messages: [user, { role: 'system', content: 'Today is Monday.' }],
      max_tokens: 128_000,
      thinking: { type: 'adaptive', display: 'omitted' },
      output_config: { effort: 'high' },
      context_management: { edits: [] },
      metadata: { user_id: 'x'.repeat(300) },
    }
    expect(paths(body)).toEqual(['hint system[0]', 'hint context_management'])
    expect(decode(body).messages[0]?.parts).toEqual([{ type: 'text', text: 'You code.' }])
    expect(decode(body).reasoning).toEqual({ mode: 'adaptive', effort: 'high', summary: 'none' })
  })

  test('AGT-02 a system message in the middle is the same as a list and as a text', () => {
    const cache_control = { type: 'ephemeral' }
    const asList = [user, { role: 'system', content: [{ type: 'text', text: 'Now', cache_control }] }]
    const asText = [user, { role: 'system', content: 'Now' }]
    expect(decode({ messages: asList }).messages).toEqual(decode({ messages: asText }).messages)
    expect(paths({ messages: asList })).toEqual(['hint messages[1].content[0].cache_control'])
    const upstream = (messages: JsonObject[]) =>
      JSON.stringify(encode({ messages: decode({ messages }).messages }).body)
    expect(upstream(asList)).toBe(upstream(asText))
  })
})

describe('content', () => {
  test('MSG-30 a text is the same as a list of one block', () => {
    expect(decode(ask({ type: 'text', text: 'Hello' })).messages).toEqual(decode().messages)
  })

  test('MSG-09 TCL-08 messages stay as many as they were', () => {
    expect(decode({ messages: [user, user] }).messages).toHaveLength(2)
  })

  test('PRT-01 PRT-02 PRT-08 images of every source, and their breakpoint', () => {
    const sources = [
      { type: 'base64', media_type: 'image/png', data: 'AA==' },
      { type: 'url', url: 'https://x/y.png' },
      { type: 'file', file_id: 'file_1' },
    ]
    const blocks = sources.map((source) => ({ type: 'image', source, cache_control: { type: 'ephemeral' } }))
    expect(partsOf(ask(...blocks))).toEqual([
      { type: 'image', source: { type: 'base64', mediaType: 'image/png', data: 'AA==' }, cache: {} },
      { type: 'image', source: { type: 'url', url: 'https://x/y.png' }, cache: {} },
      { type: 'image', source: { type: 'file', dialect: 'anthropic-messages', id: 'file_1' }, cache: {} },
    ])
  })

  test('PRT-03 what to do with oversized images is a hint', () => {
    const source = { type: 'url', url: 'x' }
    const block = { type: 'image', source, transformations: { oversized_image: 'error' } }
    expect(paths(ask(block))).toEqual(['hint messages[0].content[0].transformations'])
  })

  test('PRT-05 PRT-06 documents', () => {
    const pdf = { type: 'base64', media_type: 'application/pdf', data: 'AA==' }
    const about = { title: 'T', context: 'C', citations: { enabled: true } }
    expect(partsOf(ask({ type: 'document', source: pdf, ...about }))).toEqual([
      {
        type: 'document',
        source: { type: 'base64', mediaType: 'application/pdf', data: 'AA==' },
        filename: 'T',
        context: 'C',
        citesSources: true,
      },
    ])
    const text = { type: 'text', media_type: 'text/plain', data: 'plain' }
    expect(partsOf(ask({ type: 'document', source: text }))).toEqual([
      { type: 'document', source: { type: 'text', text: 'plain' } },
    ])
  })

  test('PRT-07 documents of blocks and search results become text, which is named', () => {
    const source = {
      type: 'content',
      content: [
        { type: 'text', text: 'one' },
        { type: 'text', text: 'two' },
      ],
    }
    const cited = { type: 'document', source, cache_control: { type: 'ephemeral' } }
    const found = {
      type: 'search_result',
      title: 'T',
      source: 'https://x',
      content: [{ type: 'text', text: 'three' }],
    }
    expect(partsOf(ask(cited, found))).toEqual([
      { type: 'document', source: { type: 'text', text: 'one' } },
      { type: 'document', source: { type: 'text', text: 'two' }, cache: {} },
      { type: 'document', source: { type: 'text', text: 'three' }, filename: 'T', context: 'https://x' },
    ])
    expect(paths(ask(cited, found))).toEqual([
      'hint messages[0].content[0].source.type',
      'hint messages[0].content[1].type',
    ])
  })

  test('PRT-08 a container upload is a contract', () => {
    expect(paths(ask({ type: 'container_upload', file_id: 'f' }))).toEqual([
      'contract messages[0].content[0]',
    ])
  })

  test('PRT-13 MSG-28 order and every code unit are kept', () => {
    const texts = ['a\u0000', '\ud83d', '😀']
    expect(partsOf(ask(...texts.map((text) => ({ type: 'text', text }))))).toEqual(
      texts.map((text) => ({ type: 'text', text })),
    )
  })

  test('CIT-02 CIT-05 citations of web pages are kept, those of documents are named', () => {
    const web = {
      type: 'web_search_result_location',
      url: 'https://x',
      title: 'T',
      cited_text: 'c',
      encrypted_index: 'e',
    }
    const block = { type: 'text', text: 'x', citations: [web, { type: 'char_location' }] }
    expect(partsOf(said(block), 1)).toEqual([
      { type: 'text', text: 'x', citations: [{ type: 'url', url: 'https://x', title: 'T', text: 'c' }] },
    ])
    expect(paths(said(block))).toEqual(['hint messages[1].content[0].citations'])
  })

  test('RSN-20 RSN-21 thinking keeps its text, its signature and its place', () => {
    const foreign = wrapCarrier(
      { origin: 'openai-responses', kind: 'encrypted', payload: 'p', itemId: 'rs_1' },
      'anthropic-messages',
    )
    const blocks = [
      { type: 'thinking', thinking: '', signature: 'sig' },
      { type: 'redacted_thinking', data: 'secret' },
      { type: 'text', text: 'x' },
      { type: 'thinking', thinking: 'why', signature: foreign },
    ]
    const origin = 'anthropic-messages'
    expect(partsOf(said(...blocks), 1)).toEqual([
      { type: 'reasoning', text: '', carrier: { origin, kind: 'signature', payload: 'sig' } },
      { type: 'reasoning', text: '', carrier: { origin, kind: 'redacted', payload: 'secret' } },
      { type: 'text', text: 'x' },
      {
        type: 'reasoning',
        text: 'why',
        carrier: { origin: 'openai-responses', kind: 'encrypted', payload: 'p', itemId: 'rs_1' },
      },
    ])
  })

  test('RSN-23 a signature that stands for none is none again', () => {
    const signature = wrapCarrier(
      { origin: 'openai-chat', kind: 'signature', payload: '' },
      'anthropic-messages',
    )
    expect(partsOf(said({ type: 'thinking', thinking: 'why', signature }), 1)).toEqual([
      { type: 'reasoning', text: 'why' },
    ])
  })

  test('TCL-18 blocks of Anthropic’s own tools, and unknown ones, stay as they are', () => {
    const blocks = [
      { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: { query: 'x' } },
      { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [{ encrypted_content: 'e' }] },
      { type: 'something_new', x: 1 },
    ]
    expect(partsOf(said(...blocks), 1)).toEqual(
      blocks.map((wire) => ({ type: 'hosted', dialect: 'anthropic-messages', wire })),
    )
  })
})

describe('calls and results', () => {
  test('TCL-01 TCL-02 TCL-03 TCL-20 a call', () => {
    const block = {
      type: 'tool_use',
      id: 'toolu_1',
      name: 'f',
      input: { b: 1, a: [] },
      caller: { type: 'direct' },
    }
    expect(partsOf(said(block), 1)).toEqual([
      { type: 'tool-call', callId: 'toolu_1', name: 'f', input: '{"b":1,"a":[]}', kind: 'function' },
    ])
    const byCode = { ...block, caller: { type: 'code_execution_20260120', tool_id: 'x' } }
    expect(paths(said(byCode))).toEqual(['contract messages[1].content[0].caller'])
  })

  test('TCL-07 TCL-09 TCL-10 TCL-13 TCL-14 results stand where they stood, with their flag', () => {
    const blocks = [
      { type: 'tool_result', tool_use_id: 'a', content: 'text', is_error: true },
      { type: 'tool_result', tool_use_id: 'b' },
      { type: 'text', text: 'and now?' },
    ]
    expect(partsOf(ask(...blocks))).toEqual([
      {
        type: 'tool-result',
        callId: 'a',
        content: [{ type: 'text', text: 'text' }],
        isError: true,
        kind: 'function',
      },
      { type: 'tool-result', callId: 'b', content: [], isError: false, kind: 'function' },
      { type: 'text', text: 'and now?' },
    ])
  })

  test('TCL-11 TCL-12 what a result holds: images, documents, and references as text', () => {
    const content = [
      { type: 'image', source: { type: 'url', url: 'x' } },
      { type: 'document', source: { type: 'url', url: 'y' } },
      { type: 'tool_reference', tool_name: 'f', cache_control: { type: 'ephemeral' } },
    ]
    const body = ask({ type: 'tool_result', tool_use_id: 'a', content, toolset_name: 'computer' })
    expect(partsOf(body)).toMatchObject([
      {
        content: [
          { type: 'image' },
          { type: 'document' },
          { type: 'text', text: '{"type":"tool_reference","tool_name":"f"}', cache: {} },
        ],
      },
    ])
    expect(paths(body)).toEqual([
      'hint messages[0].content[0].toolset_name',
      'hint messages[0].content[0].content[2].type',
    ])
  })
})

describe('tools', () => {
  const schema = { type: 'object', properties: { z: {}, a: {} } }

  test('TLD-01 TLD-04 TLD-06 TLD-07 TLD-09 functions', () => {
    const tools = [
      { name: 'b', description: 'B', input_schema: schema, strict: true },
      { type: 'custom', name: 'a', input_schema: {} },
    ]
    expect(decode({ tools }).tools).toEqual([
      { type: 'function', name: 'b', description: 'B', parameters: schema, isStrict: true },
      { type: 'function', name: 'a', parameters: {} },
    ])
    expect(JSON.stringify(decode({ tools }).tools)).toContain('"z":{},"a":{}')
  })

  test('TLD-10 TLD-11 TLD-13c CCH-01 what else a tool may say', () => {
    const tools = [
      { name: 'a', input_examples: [{}], eager_input_streaming: true, allowed_callers: ['direct'] },
      { name: 'b', defer_loading: true, cache_control: { type: 'ephemeral', ttl: '1h' } },
      { name: 'c', allowed_callers: ['direct', 'code_execution_20260120'] },
      { name: 'd', allowed_callers: ['code_execution_20260120'] },
    ]
    expect(paths({ tools })).toEqual([
      'hint tools[0].input_examples',
      'hint tools[0].eager_input_streaming',
      'hint tools[2].allowed_callers',
      'contract tools[3].allowed_callers',
    ])
    expect(decode({ tools }).tools[1]).toMatchObject({ isDeferred: true, hasCacheBreakpoint: 'long' })
  })

  test('TLD-14 typed client tools are spelled out; toolsets cannot be', () => {
    const tools = [
      { type: 'bash_20250124', name: 'bash' },
      { type: 'text_editor_20250124', name: 'str_replace_editor' },
      { type: 'memory_20250818', name: 'memory' },
      { type: 'computer_toolset_20260801' },
    ]
    expect(decode({ tools }).tools).toMatchObject([
      { type: 'function', name: 'bash', parameters: { properties: { command: {}, restart: {} } } },
      { type: 'function', name: 'str_replace_editor', parameters: { required: ['command', 'path'] } },
      { type: 'function', name: 'memory', parameters: { required: ['command'] } },
    ])
    expect(paths({ tools })).toEqual([
      'hint tools[0].type',
      'hint tools[1].type',
      'hint tools[2].type',
      'contract tools[3]',
    ])
  })

  test('TLD-16 SRV-01 SRV-03 the provider’s own tools', () => {
    const tools = [
      { type: 'web_search_20260318', name: 'web_search', max_uses: 3 },
      { type: 'tool_search_tool_bm25_20251119', name: 'tool_search_tool_bm25' },
      { type: 'mcp_toolset', mcp_server_name: 's' },
    ]
    expect(decode({ tools }).tools).toEqual([
      { type: 'hosted', dialect: 'anthropic-messages', kind: 'web_search', wire: tools[0] },
      { type: 'hosted', dialect: 'anthropic-messages', kind: 'tool_search_tool_bm25', wire: tools[1] },
      { type: 'hosted', dialect: 'anthropic-messages', kind: 'mcp_toolset', wire: tools[2] },
    ])
  })

  test.each<[string, JsonObject, object]>([
    ['TLC-01 auto', { type: 'auto' }, { toolChoice: { type: 'auto' } }],
    ['TLC-02 none', { type: 'none' }, { toolChoice: { type: 'none' } }],
    ['TLC-03 any', { type: 'any' }, { toolChoice: { type: 'required' } }],
    ['TLC-04 one', { type: 'tool', name: 'a' }, { toolChoice: { type: 'tool', name: 'a' } }],
    [
      'TOP-19 TLC-06 one at a time',
      { type: 'auto', disable_parallel_tool_use: true },
      { toolChoice: { type: 'auto' }, allowsParallelCalls: false },
    ],
    [
      'TLC-10 a hosted one',
      { type: 'tool', name: 'web_search' },
      {
        toolChoice: {
          type: 'hosted',
          dialect: 'anthropic-messages',
          wire: { type: 'tool', name: 'web_search' },
        },
      },
    ],
  ])('%s', (_name, tool_choice, expected) => {
    const tools = [{ name: 'a' }, { type: 'web_search_20260318', name: 'web_search' }]
    expect(decode({ tools, tool_choice })).toMatchObject(expected)
  })

  test('TLD-18 no tools are no tools', () => {
    expect(decode({ tools: [] }).tools).toEqual([])
  })
})

test('CCH-01 TOP-27 PRT-14 every breakpoint survives, with its lifetime', () => {
  const cache_control = { type: 'ephemeral', ttl: '5m' }
  const blocks = [
    { type: 'text', text: 'x', cache_control },
    {
      type: 'tool_result',
      tool_use_id: 'a',
      content: [{ type: 'text', text: 'y', cache_control }],
      cache_control,
    },
  ]
  const { messages, caching } = decode({ ...ask(...blocks), cache_control: { type: 'ephemeral', ttl: '1h' } })
  expect(messages[0]?.parts).toMatchObject([
    { cache: { lifetime: 'short' } },
    { cache: { lifetime: 'short' }, content: [{ cache: { lifetime: 'short' } }] },
  ])
  expect(caching).toEqual({ isAutomatic: true, lifetime: 'long' })
})
