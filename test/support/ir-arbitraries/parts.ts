import fc from 'fast-check'
import { DIALECT_IDS } from '../../../src/core/dialect-id.ts'
import type {
  AudioPart,
  CacheBreakpoint,
  Carrier,
  Citation,
  DocumentPart,
  HostedPart,
  ImagePart,
  MediaPart,
  MediaSource,
  ReasoningPart,
  RefusalPart,
  TextPart,
  VideoPart,
} from '../../../src/ir/part.ts'

// Parts of messages, of every kind and in every state that a decoder can leave them in.

export const dialectId = fc.constantFrom(...DIALECT_IDS)

/** Text that is hard on encoders now and then, and short always. */
export const words = fc.oneof(
  fc.constantFrom('Hi', 'Straße 😀', ' ', '\n\n', '"\\', 'data: [DONE]', '\u2028\u0000'),
  fc.string({ minLength: 1, maxLength: 12, unit: 'grapheme' }),
)

const base64 = fc.base64String({ minLength: 4, maxLength: 12 })

/** JSON text of an object, as models write it. */
export const jsonInput = fc.oneof(
  fc.constantFrom('{}', '{"city":"Paris"}', '{ "n" : 1.50, "big": 12345678901234567890 }'),
  fc
    .dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 })
    .map((value) => JSON.stringify(value)),
)

const cache = optionalOf(
  'cache',
  fc.constantFrom<CacheBreakpoint>({}, { lifetime: 'short' }, { lifetime: 'long' }),
)

export const carrier: fc.Arbitrary<Carrier> = fc.constantFrom<Carrier>(
  { origin: 'anthropic-messages', kind: 'signature', payload: 'c2lnbmVk' },
  { origin: 'anthropic-messages', kind: 'redacted', payload: 'cmVkYWN0ZWQ=' },
  { origin: 'openai-responses', kind: 'encrypted', payload: 'ZW5jcnlwdGVk', itemId: 'rs_1' },
  { origin: 'gemini', kind: 'thought-signature', payload: 'dGhvdWdodA==' },
  { origin: 'openai-chat', kind: 'signature', payload: '' },
)
const withCarrier = optionalOf('carrier', carrier)

function mediaSource(...mediaTypes: readonly string[]): fc.Arbitrary<MediaSource> {
  const mediaType = fc.constantFrom(...mediaTypes)
  return fc.oneof(
    // what only some targets take comes seldom, or every request would be refused
    { weight: 8, arbitrary: fc.record({ type: fc.constant('base64' as const), mediaType, data: base64 }) },
    fc.record(
      { type: fc.constant('url' as const), url: fc.constant('https://files.example/a.bin'), mediaType },
      { requiredKeys: ['type', 'url'] },
    ),
    dialectId.map((dialect): MediaSource => ({ type: 'file', dialect, id: 'file-1' })),
  )
}

export const citation: fc.Arbitrary<Citation> = fc.record(
  {
    type: fc.constant('url' as const),
    url: fc.constantFrom('https://a.example/', 'https://b.example/?q=é'),
    title: words,
    start: fc.constant(0),
    end: fc.nat({ max: 12 }),
    text: words,
  },
  { requiredKeys: ['type', 'url'] },
)

/** Text without anything beside it, as system messages and tool results have. */
export const plainText: fc.Arbitrary<TextPart> = merged(
  fc.record({ type: fc.constant('text' as const), text: words }),
  cache,
)

const phase = optionalOf('phase', fc.constantFrom('commentary', 'final_answer'))

/** What assistants say. */
export const saidText: fc.Arbitrary<TextPart> = merged(
  fc.record({ type: fc.constant('text' as const), text: fc.oneof(words, fc.constant('')) }),
  merged(optionalOf('citations', fc.array(citation, { minLength: 1, maxLength: 2 })), phase),
  withCarrier,
)

export const image: fc.Arbitrary<ImagePart> = merged(
  fc.record({ type: fc.constant('image' as const), source: mediaSource('image/png', 'image/webp') }),
  optionalOf('detail', fc.constantFrom('auto', 'low', 'high', 'original')),
  cache,
)

export const document: fc.Arbitrary<DocumentPart> = merged(
  fc.record({
    type: fc.constant('document' as const),
    source: fc.oneof(
      mediaSource('application/pdf', 'text/plain', 'text/csv'),
      fc.record({ type: fc.constant('text' as const), text: words }),
    ),
  }),
  fc.record(
    { filename: fc.constantFrom('a.pdf', 'ä b.txt'), context: words, citesSources: fc.boolean() },
    { requiredKeys: [] },
  ),
  cache,
)

export const audio: fc.Arbitrary<AudioPart> = fc.record({
  type: fc.constant('audio'),
  mediaType: fc.constantFrom('audio/wav', 'audio/mp3', 'audio/mpeg', 'audio/ogg'),
  data: base64,
})

export const video: fc.Arbitrary<VideoPart> = fc.record({
  type: fc.constant('video'),
  source: mediaSource('video/mp4'),
})

export const refusal: fc.Arbitrary<RefusalPart> = merged(
  fc.record({ type: fc.constant('refusal' as const), text: words }),
  phase,
)

/** What models make besides words. */
export const madeMedia: fc.Arbitrary<MediaPart> = fc.oneof(
  image,
  audio,
  video,
  fc.record({ type: fc.constant('document' as const), source: mediaSource('application/pdf') }),
)

export const reasoning: fc.Arbitrary<ReasoningPart> = merged(
  fc.record({ type: fc.constant('reasoning' as const), text: fc.oneof(words, fc.constant('')) }),
  optionalOf('isSummary', fc.boolean()),
  withCarrier,
)

/** What each provider's own tools leave in an answer. */
export const hosted: fc.Arbitrary<HostedPart> = fc.constantFrom<HostedPart>(
  {
    type: 'hosted',
    dialect: 'openai-responses',
    wire: {
      type: 'web_search_call',
      id: 'ws_1',
      status: 'completed',
      action: { type: 'search', query: 'q', queries: [] },
    },
  },
  {
    type: 'hosted',
    dialect: 'anthropic-messages',
    wire: {
      type: 'server_tool_use',
      id: 'srvtoolu_1',
      name: 'web_search',
      input: { query: 'q' },
      caller: { type: 'direct' },
    },
  },
  {
    type: 'hosted',
    dialect: 'gemini',
    wire: { executableCode: { id: 'e1', language: 'PYTHON', code: 'print(1)' } },
  },
)

/** An object that has the property now and then. */
export function optionalOf<Key extends string, Value>(
  key: Key,
  value: fc.Arbitrary<Value>,
): fc.Arbitrary<{ readonly [Name in Key]?: Value }> {
  return fc.option(value, { nil: undefined }).map((drawn) => {
    const object = drawn === undefined ? {} : { [key]: drawn }
    return object as { readonly [Name in Key]?: Value }
  })
}

/** One object of all of theirs. */
export function merged<First extends object, Second extends object, Third extends object = object>(
  first: fc.Arbitrary<First>,
  second: fc.Arbitrary<Second>,
  third: fc.Arbitrary<Third> = fc.constant({} as Third),
): fc.Arbitrary<First & Second & Third> {
  return fc.tuple(first, second, third).map(([a, b, c]) => ({ ...a, ...b, ...c }))
}
