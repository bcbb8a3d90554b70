/** The pause before each streamed piece: long enough that every event travels alone, as it does from a provider. */
export const CHUNK_DELAY_MS = 3

/** Said aloud, since formats differ in what they do without. */
const NO_LIMIT = 1_000_000

/** What clients of one API format send. */
export interface Workload {
  readonly name: string
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** What the provider itself wants to see; gateways are given keys of theirs. */
  readonly credential: Readonly<Record<string, string>>
  /** For whole answers. */
  readonly model: string
  /** A request of about 2 KB: eight messages and two tools. `maxTokens` cuts the answer short; without it nothing does. */
  body(request: { model: string; isStreaming: boolean; maxTokens?: number }): string
  /** Occurs in a stream's bytes with the first content, and not before. */
  readonly contentMark: string
}

/** Whole answers come at once; of the streams one is about 400 small events, one 1 MB in events of 2 KB, one stops half-way. */
export const STREAM_MODELS = {
  paced: 'simulated-long',
  large: 'simulated-big',
  stalled: 'simulated-stall',
} as const

const INSTRUCTIONS =
  'You are the assistant of a small software company. Answer briefly, in plain words, and say so when you do not know something. ' +
  'Quote file names as they are. Never invent a command line option.'

const TURNS = [
  'Our build takes eleven minutes on the shared runner and four on my laptop. Where would you begin to look?',
  'Begin with what differs: cores, disk and cache. Time each step on both machines and compare the longest three first.',
  'The longest three are the type check, the browser tests and the upload of the container image, in that order.',
  'A type check that is slow only there often runs without its incremental state. See whether that file survives between two runs.',
  'It does not: the cache of the runner is keyed by the commit, so that every run begins with nothing at all.',
  'Key it by the lock file and the compiler version instead, and let the commit be a mere suffix with a fallback to older entries.',
  'That brought it down to seven minutes. What about the browser tests, which take two and a half minutes of those?',
]

const PARAMETERS = {
  type: 'object',
  properties: {
    path: { type: 'string', description: 'Path below the root of the repository' },
    lines: { type: 'integer', description: 'How many lines to show at most' },
  },
  required: ['path'],
} as const

const FUNCTIONS = [
  { name: 'show_file', description: 'Shows the beginning of a file of the repository.' },
  { name: 'list_folder', description: 'Lists the files of one folder with their sizes.' },
]

const messages = TURNS.map((content, index) => ({ role: index % 2 === 0 ? 'user' : 'assistant', content }))

export const chat: Workload = {
  name: 'chat',
  path: '/v1/chat/completions',
  headers: { 'user-agent': 'OpenAI/JS 7.55.0', accept: 'application/json' },
  credential: { authorization: 'Bearer sk-bench' },
  model: 'simulated',
  contentMark: '"delta":{"content":"',
  body: ({ model, isStreaming, maxTokens = NO_LIMIT }) =>
    JSON.stringify({
      model,
      messages: [{ role: 'system', content: INSTRUCTIONS }, ...messages],
      tools: FUNCTIONS.map((each) => ({ type: 'function', function: { ...each, parameters: PARAMETERS } })),
      temperature: 0.7,
      max_completion_tokens: maxTokens,
      ...(isStreaming ? { stream: true, stream_options: { include_usage: true } } : {}),
    }),
}

export const anthropicMessages: Workload = {
  name: 'messages',
  path: '/v1/messages',
  headers: { 'user-agent': 'Anthropic/JS 1.11.0', 'anthropic-version': '2023-06-01' },
  credential: { 'x-api-key': 'sk-bench' },
  model: 'claude-sonnet-4-5',
  contentMark: '"text_delta"',
  body: ({ model, isStreaming, maxTokens = NO_LIMIT }) =>
    JSON.stringify({
      model,
      system: INSTRUCTIONS,
      messages,
      tools: FUNCTIONS.map((each) => ({ ...each, input_schema: PARAMETERS })),
      max_tokens: maxTokens,
      ...(isStreaming ? { stream: true } : {}),
    }),
}
