import { describe, expect, test } from 'vitest'
import type { DialectId, UpstreamDialectId } from '../../src/core/dialect-id.ts'
import { GatewayError } from '../../src/core/errors.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { checkConversation } from '../../src/dialects/check-conversation.ts'
import { DIALECTS, UPSTREAM_DIALECTS } from '../../src/dialects/index.ts'
import { capabilitiesOf } from '../../src/providers/models/index.ts'
import { requestOf } from './features/feature.ts'
import { MODELS } from './features/measure.ts'
import { MESSAGES_PLACES } from './places/anthropic-messages.ts'
import { GEMINI_PLACES } from './places/gemini.ts'
import { CHAT_PLACES, COMPLETIONS_PLACES } from './places/openai-chat.ts'
import { RESPONSES_PLACES } from './places/openai-responses.ts'
import type { PlaceRow } from './places/place-row.ts'

const TABLES: Readonly<Record<DialectId, readonly PlaceRow[]>> = {
  'openai-chat': CHAT_PLACES,
  'openai-completions': COMPLETIONS_PLACES,
  'openai-responses': RESPONSES_PLACES,
  'anthropic-messages': MESSAGES_PLACES,
  gemini: GEMINI_PLACES,
}

const MODEL: Readonly<Partial<Record<UpstreamDialectId, string>>> = {
  'openai-chat': MODELS['openai-chat'].newest,
  'openai-responses': MODELS['openai-responses'].newest,
  'anthropic-messages': MODELS['anthropic-messages'].newest,
  gemini: MODELS.gemini.newest,
  'bedrock-converse': 'amazon.nova-2-lite-v1:0',
}

/** What the conversion names: where it was refused, or all that was approximated or left out. */
function namedPaths(client: DialectId, upstream: UpstreamDialectId, more: JsonObject): unknown[] {
  const model = MODEL[upstream] ?? ''
  const context = { model, isStreaming: false, headers: {} }
  try {
    const decoded = DIALECTS[client].client.decodeRequest(requestOf(client, more, false), context)
    const request = checkConversation({ ...decoded, model })
    const target = { model, capabilities: capabilitiesOf(model) }
    const encoded = UPSTREAM_DIALECTS[upstream].upstream?.encodeRequest(request, target)
    return encoded?.dropped.map(({ path }) => path) ?? []
  } catch (thrown) {
    if (!(thrown instanceof GatewayError)) throw thrown
    // not every format's errors have a field for it, so the text must say it, too
    return [
      thrown.message.includes(`"${thrown.path}"`) ? thrown.path : 'a path that the message does not name',
    ]
  }
}

describe.each(Object.entries(TABLES) as [DialectId, readonly PlaceRow[]][])('ERR-25 %s', (client, rows) => {
  test.each(rows)('$what → $upstream: $path', ({ upstream, more, path }) => {
    expect(namedPaths(client, upstream, more)).toContain(path)
  })
})
