import { anthropic } from './anthropic.ts'
import { chat } from './chat.ts'
import { completions } from './completions.ts'
import type { Dialect } from './dialect.ts'
import { gemini } from './gemini.ts'
import type { ErrorFamily } from './problem.ts'
import { responses } from './responses.ts'
import type { Framing } from './wire-event.ts'

export type ExtraName = 'embeddings' | 'moderations' | 'images' | 'speech' | 'transcriptions'
export type GeminiExtraName = 'embedContent' | 'batchEmbedContents'

export type Route =
  | {
      readonly type: 'generate' | 'count'
      readonly dialect: Dialect
      /** Set where the path names the model. */
      readonly model?: string
      /** Set where the path tells whether to stream, and in which framing. */
      readonly stream?: Framing | 'none'
    }
  | { readonly type: 'extra'; readonly name: ExtraName; readonly family: 'openai'; readonly model?: string }
  | { readonly type: 'gemini-extra'; readonly name: GeminiExtraName; readonly model: string }
  | { readonly type: 'models'; readonly id?: string }
  | { readonly type: 'stored-response'; readonly id: string }
  | { readonly type: 'journal' }
  | { readonly type: 'unknown'; readonly family: ErrorFamily; readonly isWrongMethod: boolean }

const GENERATORS = [
  ['/chat/completions', { type: 'generate', dialect: chat }],
  ['/responses', { type: 'generate', dialect: responses }],
  ['/responses/input_tokens', { type: 'count', dialect: responses }],
  ['/messages', { type: 'generate', dialect: anthropic }],
  ['/messages/count_tokens', { type: 'count', dialect: anthropic }],
  ['/completions', { type: 'generate', dialect: completions }],
  ['/embeddings', { type: 'extra', name: 'embeddings', family: 'openai' }],
  ['/moderations', { type: 'extra', name: 'moderations', family: 'openai' }],
  ['/images/generations', { type: 'extra', name: 'images', family: 'openai' }],
  ['/audio/speech', { type: 'extra', name: 'speech', family: 'openai' }],
  ['/audio/transcriptions', { type: 'extra', name: 'transcriptions', family: 'openai' }],
] as const satisfies readonly (readonly [string, Route])[]

/** Which endpoint a request is for. Paths are told by their end, so that any prefix before them will do. */
export function findRoute(method: string, path: string, query: URLSearchParams): Route {
  if (path === '/__simulator/requests') return { type: 'journal' }
  if (method === 'POST') return findPost(path, query) ?? unknown(path, false)
  const other = method === 'GET' || method === 'DELETE' ? findResource(method, path) : undefined
  return other ?? unknown(path, findPost(path, query) !== undefined)
}

function findPost(path: string, query: URLSearchParams): Route | undefined {
  const action = /\/models\/(.+):(\w+)$/.exec(path)
  if (action?.[1] !== undefined) return findGemini(decodePath(action[1]), action[2] ?? '', query)
  const route = GENERATORS.find(([end]) => path.endsWith(end))?.[1]
  const deployment = /\/openai\/deployments\/([^/]+)\//.exec(path)?.[1]
  return route && deployment !== undefined ? { ...route, model: decodePath(deployment) } : route
}

function findGemini(model: string, action: string, query: URLSearchParams): Route | undefined {
  switch (action) {
    case 'generateContent':
      return { type: 'generate', dialect: gemini, model, stream: 'none' }
    case 'streamGenerateContent':
      return {
        type: 'generate',
        dialect: gemini,
        model,
        stream: query.get('alt') === 'sse' ? 'sse' : 'json-array',
      }
    case 'countTokens':
      return { type: 'count', dialect: gemini, model }
    case 'embedContent':
    case 'batchEmbedContents':
      return { type: 'gemini-extra', name: action, model }
    default:
      return undefined
  }
}

function findResource(method: string, path: string): Route | undefined {
  const stored = /\/responses\/(resp_[^/]+)$/.exec(path)?.[1]
  if (stored !== undefined) return { type: 'stored-response', id: stored }
  if (method !== 'GET') return undefined
  if (path.endsWith('/models')) return { type: 'models' }
  const id = /\/models\/(.+)$/.exec(path)?.[1]
  return id === undefined ? undefined : { type: 'models', id: decodePath(id) }
}

function unknown(path: string, isWrongMethod: boolean): Route {
  return { type: 'unknown', family: familyOf(path), isWrongMethod }
}

function familyOf(path: string): ErrorFamily {
  if (path.includes('/v1beta') || /\/models\/.+:/.test(path)) return 'gemini'
  return path.includes('/messages') ? 'anthropic' : 'openai'
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
