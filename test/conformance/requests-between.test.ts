import { describe, expect, test } from 'vitest'
import type { DialectId } from '../../src/core/dialect-id.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { requestOf, type UpstreamId } from './features/feature.ts'
import { convert } from './features/measure.ts'
import { PIXEL } from './files.ts'

/** What a client says, what the upstream gets for it, and all that is reported on the way. */
interface Row {
  readonly cases: string
  readonly client: DialectId
  readonly upstream: UpstreamId
  readonly more: JsonObject
  /** Part of the body. */
  readonly sent: JsonObject
  /** A member that the body must not have. */
  readonly unsent?: string
  readonly losses: readonly string[]
}

const hi = { role: 'user', content: 'Hi' }
const SAID = { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] }
const picture = { inlineData: { mimeType: 'image/png', data: PIXEL } }
const level = (name: string) => ({ ...picture, mediaResolution: { level: `MEDIA_RESOLUTION_${name}` } })
const asked = (...parts: JsonObject[]) => ({ contents: [{ role: 'user', parts }] })
const file = { type: 'input_file', filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' }
const drawn = { type: 'image_generation_call', id: 'ig_1', status: 'completed', result: PIXEL }
const drawnBefore = { input: [hi, { ...drawn, output_format: 'webp' }, hi] }
const webp = `data:image/webp;base64,${PIXEL}`

const FIELDS: readonly Row[] = [
  {
    cases: 'TOP-03',
    client: 'anthropic-messages',
    upstream: 'openai-responses',
    more: { max_tokens: 0 },
    sent: { prompt_cache_options: { prewarm: true } },
    unsent: 'max_output_tokens',
    losses: [],
  },
  {
    cases: 'TOP-03',
    client: 'openai-responses',
    upstream: 'anthropic-messages',
    more: { prompt_cache_options: { prewarm: true } },
    sent: { max_tokens: 0 },
    losses: [],
  },
  {
    cases: 'TOP-15',
    client: 'openai-chat',
    upstream: 'anthropic-messages',
    more: { safety_identifier: 's', user: 'u' },
    sent: { metadata: { user_id: 's' } },
    losses: ['dropped user'],
  },
  {
    cases: 'TOP-15',
    client: 'openai-chat',
    upstream: 'openai-responses',
    more: { safety_identifier: 's', user: 'u' },
    sent: { safety_identifier: 's', user: 'u' },
    losses: [],
  },
  {
    cases: 'TOP-15',
    client: 'openai-responses',
    upstream: 'openai-chat',
    more: { safety_identifier: 's', user: 'u' },
    sent: { safety_identifier: 's', user: 'u' },
    losses: [],
  },
  ...(['openai-chat', 'openai-responses'] as const).map((upstream) => ({
    cases: 'TOP-16',
    client: 'anthropic-messages' as const,
    upstream,
    more: { speed: 'fast' },
    sent: { service_tier: 'fast' },
    losses: ['approximated speed'],
  })),
  {
    cases: 'TOP-16',
    client: 'anthropic-messages',
    upstream: 'gemini',
    more: { speed: 'fast' },
    sent: { serviceTier: 'priority' },
    losses: ['approximated speed'],
  },
  {
    cases: 'TOP-16',
    client: 'anthropic-messages',
    upstream: 'gemini',
    more: { speed: 'leisurely' },
    sent: {},
    unsent: 'serviceTier',
    losses: ['dropped speed'],
  },
  {
    cases: 'TOP-16',
    client: 'openai-responses',
    upstream: 'anthropic-messages',
    more: { service_tier: 'ultrafast' },
    sent: { speed: 'fast' },
    losses: ['approximated service_tier'],
  },
  {
    cases: 'TOP-16',
    client: 'openai-responses',
    upstream: 'openai-chat',
    more: { service_tier: 'ultrafast' },
    sent: { service_tier: 'fast' },
    losses: ['approximated service_tier'],
  },
  {
    cases: 'TOP-16',
    client: 'openai-responses',
    upstream: 'gemini',
    more: { service_tier: 'ultrafast' },
    sent: { serviceTier: 'priority' },
    losses: ['approximated service_tier'],
  },
  {
    cases: 'TOP-16',
    client: 'gemini',
    upstream: 'openai-chat',
    more: { service_tier: 'provisioned' },
    sent: {},
    unsent: 'service_tier',
    losses: ['dropped service_tier'],
  },
  {
    cases: 'TOP-16',
    client: 'gemini',
    upstream: 'openai-chat',
    more: { serviceTier: 'unspecified' },
    sent: {},
    unsent: 'service_tier',
    losses: [],
  },
  {
    cases: 'TOP-32',
    client: 'openai-chat',
    upstream: 'gemini',
    more: { response_format: { type: 'json_object', odd: 1 }, prompt_cache_options: { odd: null, even: 2 } },
    sent: { generationConfig: { responseMimeType: 'application/json' } },
    losses: ['dropped prompt_cache_options.even', 'dropped response_format.odd'],
  },
  {
    cases: 'TOP-32',
    client: 'openai-responses',
    upstream: 'openai-chat',
    more: { reasoning: { effort: 'low', odd: 1 }, text: { odd: 2, format: { type: 'text', odd: 3 } } },
    sent: { reasoning_effort: 'low' },
    losses: ['dropped reasoning.odd', 'dropped text.odd', 'dropped text.format.odd'],
  },
]

const MESSAGES: readonly Row[] = [
  {
    cases: 'MSG-01',
    client: 'openai-chat',
    upstream: 'openai-responses',
    more: { messages: [{ role: 'developer', content: 'Say something.' }] },
    sent: {
      input: [{ role: 'developer', content: [{ type: 'input_text', text: 'Say something.' }] }],
    },
    unsent: 'instructions',
    losses: [],
  },
  {
    cases: 'MSG-11',
    client: 'openai-chat',
    upstream: 'openai-responses',
    more: { messages: [hi, { role: 'assistant', content: 'Well' }] },
    sent: { input: [SAID, { role: 'assistant' }] },
    losses: [],
  },
]

const PARTS: readonly Row[] = [
  {
    cases: 'PRT-01',
    client: 'gemini',
    upstream: 'openai-chat',
    more: asked({ inlineData: { mimeType: 'image/JPG', data: PIXEL } }),
    sent: { messages: [{ content: [{ image_url: { url: `data:image/jpeg;base64,${PIXEL}` } }] }] },
    losses: [],
  },
  {
    cases: 'PRT-01',
    client: 'anthropic-messages',
    upstream: 'openai-chat',
    more: {
      messages: [
        {
          role: 'user',
          content: [{ type: 'image', source: { type: 'base64', media_type: 'image/jpg', data: PIXEL } }],
        },
      ],
    },
    sent: { messages: [{ content: [{ image_url: { url: `data:image/jpeg;base64,${PIXEL}` } }] }] },
    losses: [],
  },
  {
    cases: 'PRT-01',
    client: 'openai-responses',
    upstream: 'anthropic-messages',
    more: {
      input: [
        { role: 'user', content: [{ type: 'input_image', image_url: `DATA:image/PNG;base64,${PIXEL}` }] },
      ],
    },
    sent: { messages: [{ content: [{ source: { type: 'base64', media_type: 'image/png', data: PIXEL } }] }] },
    losses: [],
  },
  {
    cases: 'PRT-03',
    client: 'openai-chat',
    upstream: 'openai-responses',
    more: {
      messages: [
        {
          role: 'user',
          content: [{ type: 'image_url', image_url: { url: 'https://a.example/x.png', detail: 'medium' } }],
        },
      ],
    },
    sent: { input: [{ content: [{ detail: 'auto' }] }] },
    losses: ['dropped messages[0].content[0].image_url.detail'],
  },
  ...(['openai-chat', 'openai-responses'] as const).map((upstream) => ({
    cases: 'PRT-03',
    client: 'gemini' as const,
    upstream,
    more: asked(level('LOW')),
    sent:
      upstream === 'openai-chat'
        ? { messages: [{ content: [{ image_url: { detail: 'low' } }] }] }
        : { input: [{ content: [{ detail: 'low' }] }] },
    losses: ['approximated contents[0].parts[0].mediaResolution'],
  })),
  ...(['openai-chat', 'openai-responses', 'anthropic-messages'] as const).map((upstream) => ({
    cases: 'PRT-03',
    client: 'gemini' as const,
    upstream,
    more: asked(level('MEDIUM'), level('UNSPECIFIED')),
    sent: {},
    losses: ['dropped contents[0].parts[0].mediaResolution'],
  })),
  ...(['openai-chat', 'anthropic-messages'] as const).map((upstream) => ({
    cases: 'PRT-05',
    client: 'openai-responses' as const,
    upstream,
    more: { input: [{ role: 'user', content: [file, { ...file, detail: 'low' }] }] },
    sent: {},
    losses: ['dropped input[0].content[1].detail'],
  })),
  {
    cases: 'PRT-06',
    client: 'anthropic-messages',
    upstream: 'openai-chat',
    more: {
      messages: [
        {
          role: 'user',
          content: [
            { type: 'document', title: 'T', source: { type: 'text', data: 'Hello', media_type: '' } },
          ],
        },
      ],
    },
    sent: { messages: [{ content: 'Hello' }] },
    losses: ['approximated messages[0].content[0]', 'dropped messages[0].content[0].title'],
  },
  {
    cases: 'PRT-11 PRT-15',
    client: 'openai-responses',
    upstream: 'anthropic-messages',
    more: drawnBefore,
    sent: {
      messages: [
        { content: [{ text: 'Hi' }, { source: { media_type: 'image/webp', data: PIXEL } }, { text: 'Hi' }] },
      ],
    },
    losses: ['approximated input[1]'],
  },
  {
    cases: 'PRT-11 PRT-15',
    client: 'openai-responses',
    upstream: 'openai-chat',
    more: drawnBefore,
    sent: {
      messages: [hi, { content: [{ image_url: { url: webp } }, { type: 'text', text: 'Hi' }] }],
    },
    losses: ['approximated input[1]'],
  },
  {
    cases: 'PRT-11 PRT-15',
    client: 'openai-responses',
    upstream: 'gemini',
    more: drawnBefore,
    sent: { contents: [{}, { role: 'model', parts: [{ inlineData: { mimeType: 'image/webp' } }] }, {}] },
    losses: [],
  },
]

// a limit that no client of these asked for
const isAskedFor = ({ reason }: { readonly reason: string }) => !/demands a limit/.test(reason)

describe.each([
  ['fields', FIELDS],
  ['messages', MESSAGES],
  ['parts', PARTS],
])('%s', (_section, rows) => {
  test.each(rows)('$cases $client → $upstream, $losses', (row) => {
    const { client, upstream, more, sent, unsent = '', losses } = row
    const { body, dropped } = convert(client, upstream, requestOf(client, more, false), { mode: 'whole' })
    expect(body).toMatchObject(sent)
    expect(Object.keys(body)).not.toContain(unsent)
    const said = dropped.filter(isAskedFor).map(({ action, path }) => `${action} ${path}`)
    expect(said.toSorted()).toEqual([...losses].toSorted())
  })
})
