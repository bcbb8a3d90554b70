import type { ApiFamily, DialectId } from '../core/dialect-id.ts'
import { FAMILY_OF } from '../core/dialect-id.ts'
import { GatewayError } from '../core/errors.ts'
import { CONVERSATION_PATH, type Endpoint } from '../pipeline/endpoint.ts'
import { decodedPath } from './request-url.ts'

const PLAIN: Omit<Endpoint, 'family' | 'path'> = {
  dialect: undefined,
  detectsDialect: false,
  model: undefined,
  deployment: undefined,
  isStreaming: undefined,
  providerId: undefined,
  countsTokensOf: undefined,
  embedding: undefined,
  isCounted: true,
  permission: 'write',
}

/** A conversation at the dialect's own path. */
export function conversation(dialect: Exclude<DialectId, 'gemini'>): Endpoint {
  return { ...PLAIN, family: FAMILY_OF[dialect], dialect, path: CONVERSATION_PATH[dialect] }
}

/** Chat Completions, or whatever format the body turns out to be in. */
export const GENERIC_CHAT: Endpoint = { ...conversation('openai-chat'), detectsDialect: true }

/** Anything else below a family's root: passed through with the same keys, limits and log. */
export function other(family: ApiFamily, path: string, method: string): Endpoint {
  refuseDotSegments(path, family)
  const isReading = method === 'GET' || method === 'HEAD'
  const embedding = family === 'openai' && path === '/embeddings' ? 'openai' : undefined
  return {
    ...PLAIN,
    embedding,
    family,
    path,
    isCounted: !isReading,
    permission: isReading ? 'read' : 'write',
  }
}

/** The endpoint beside a conversation that counts its tokens. */
export function tokenCount(dialect: 'anthropic-messages' | 'openai-responses', path: string): Endpoint {
  return { ...other(FAMILY_OF[dialect], path, 'POST'), isCounted: false, countsTokensOf: dialect }
}

/** `/models/{model}:{method}` and its relatives. The model may be a resource name with slashes, and percent-encoded. */
export function geminiMethod(path: string, method: string): Endpoint {
  // a colon may come encoded, and still divide model and method for whoever answers
  const plain = decodedPath(path)
  const colon = plain.lastIndexOf(':')
  const action = plain.slice(colon + 1)
  const resource = plain.slice(1, colon)
  const model = resource.startsWith('models/') ? resource.slice('models/'.length) : resource
  const isConversation = action === 'generateContent' || action === 'streamGenerateContent'
  const base = other('gemini', path, method)
  if (colon === -1) return base
  const countsTokens = action === 'countTokens'
  if (countsTokens) return { ...base, model, isCounted: false, countsTokensOf: 'gemini' }
  if (action === 'embedContent' || action === 'batchEmbedContents')
    return { ...base, model, embedding: action }
  if (!isConversation) return { ...base, model }
  return { ...base, dialect: 'gemini', model, isStreaming: action === 'streamGenerateContent' }
}

const DOT_SEGMENT = /(^|\/|%2f)(\.|%2e){1,2}(\/|%2f|:|%3a|$)/i

/** Written plainly or encoded, they would make another path of it for whoever answers. In Gemini's paths they stand in the model. */
function refuseDotSegments(path: string, family: ApiFamily): void {
  if (!DOT_SEGMENT.test(path)) return
  throw new GatewayError('invalid_request', 'The path must not contain dot segments.', {
    ...(family === 'gemini' && { path: 'model' }),
  })
}
