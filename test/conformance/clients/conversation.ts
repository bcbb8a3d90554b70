import type { DialectId } from '../../../src/core/dialect-id.ts'

/** What a user shows, in words that all formats share. */
export type Shown =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly mediaType: string; readonly data: string }
  | { readonly type: 'link'; readonly mediaType: string; readonly url: string }
  | { readonly type: 'pdf'; readonly filename: string; readonly data: string }

export interface Call {
  readonly id: string
  readonly name: string
  readonly input: unknown
}

export interface Result {
  readonly call: Call
  readonly content: readonly Shown[]
  readonly isError?: boolean
}

export type Turn =
  | { readonly role: 'user'; readonly content: readonly Shown[] }
  /** An earlier answer, sent back as a client of its format sends it back. */
  | { readonly role: 'assistant'; readonly answer: Outcome }
  | { readonly role: 'tool'; readonly results: readonly Result[] }

export interface ToolSpec {
  readonly name: string
  readonly description: string
  readonly schema: { readonly type: 'object'; readonly [key: string]: unknown }
}

export interface Question {
  readonly model: string
  /** Short for one turn of the user. */
  readonly prompt?: string
  readonly turns?: readonly Turn[]
  readonly tools?: readonly ToolSpec[]
  readonly maxTokens?: number
  readonly stop?: readonly string[]
  /** Asks for reasoning, and to be shown it. */
  readonly effort?: 'low' | 'medium' | 'high'
  /** The answer is JSON of this schema; `json` of any. */
  readonly schema?: object | 'json'
}

export interface Counts {
  readonly input: number
  readonly output: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly reasoning: number
}

export interface Loss {
  readonly path: string
  readonly action: string
}

/** What a conversation came to. */
export interface Outcome {
  readonly text: string
  readonly calls: readonly Call[]
  readonly refusal: string
  readonly reasoning: string
  /** In the client's own spelling. */
  readonly finish: string | null | undefined
  readonly counts: Counts
  /** What the gateway says it could not carry. */
  readonly losses: readonly Loss[]
  /** The answer as the SDK handed it out. */
  readonly native: unknown
}

/** One official SDK speaking one format. */
export interface TestClient {
  readonly id: DialectId
  whole(question: Question): Promise<Outcome>
  streamed(question: Question): Promise<Outcome>
}

export const NO_COUNTS: Counts = { input: -1, output: -1, cacheRead: -1, cacheWrite: -1, reasoning: -1 }

export function turnsOf({ prompt, turns }: Question): readonly Turn[] {
  return turns ?? [{ role: 'user', content: [{ type: 'text', text: prompt ?? '' }] }]
}

export function said(text: string): Turn {
  return { role: 'user', content: [{ type: 'text', text }] }
}

/**
 * What whole and streamed answers must share: all but ids and the SDK's own object. What an answer lost on its way is known too late
 * for the head of a stream.
 */
export function shared({ calls, native: _native, losses: _losses, ...rest }: Outcome): object {
  return { ...rest, calls: calls.map(({ name, input }) => ({ name, input })) }
}

export interface RecordingFetch {
  readonly fetch: typeof fetch
  readonly losses: () => Loss[]
}

/** A fetch that remembers what the last answer's head said about losses. */
export function recordingFetch(): RecordingFetch {
  let header: string | null = null
  return {
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      header = response.headers.get('x-gateway-dropped')
      return response
    },
    losses: () => readLosses(header),
  }
}

export function readLosses(header: string | null | undefined): Loss[] {
  return (JSON.parse(header ?? '[]') as Loss[]).map(({ path, action }) => ({ path, action }))
}
