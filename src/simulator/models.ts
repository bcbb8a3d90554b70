/**
 * The models that the simulator lists, each with what it does. Any other name is answered like `simulated`.
 * The name may carry a provider prefix (`x/simulated-cut`); `-error` may be left out (`simulated-503`).
 */
export const SIMULATED_MODELS = {
  simulated: 'answers at once, streams word by word, calls tools when asked',
  'simulated-slow': 'like simulated, 50 ms between pieces',
  'simulated-long': 'about 400 pieces at the configured pace',
  'simulated-big': 'an answer of about 1 MB in pieces of 2 KB',
  'simulated-deepseek': 'chat answers carry reasoning_content',
  'simulated-interleaved': 'Chat and Responses stream the fragments of parallel calls in turn',
  'simulated-redacted': 'Anthropic answers carry redacted_thinking',
  'simulated-cached': 'a quarter of the prompt was read from a cache, an eighth was written to it',
  'simulated-refusal': 'refuses, in the way of the dialect',
  'simulated-content-filter': 'stopped half-way by the content filter',
  'simulated-empty': 'no content, just a stop',
  'simulated-context-length': '400: the prompt is too long',
  'simulated-error-400': '400 invalid request',
  'simulated-error-401': '401, the message quotes the key',
  'simulated-error-404': '404 unknown model',
  'simulated-error-429': '429 with retry-after: 1',
  'simulated-error-429-no-retry-after': '429 without retry-after',
  'simulated-error-500': '500',
  'simulated-error-500-once': 'fails, answers, fails, answers … per credential',
  'simulated-error-503': '503',
  'simulated-error-529': '529 overloaded',
  'simulated-error-html': '502 with an HTML page',
  'simulated-flap': 'five good answers, five times 503, and again, per credential',
  'simulated-reset': 'connection reset before any header',
  'simulated-silent': 'accepts the request, never answers',
  'simulated-slow-first-token': 'headers at once, content after 3 s (configurable)',
  'simulated-cut': 'connection destroyed half-way',
  'simulated-cut-early': 'connection destroyed before any content',
  'simulated-end-early': 'the stream ends cleanly, without finish or terminal event',
  'simulated-stall': 'stops half-way, the connection stays open',
  'simulated-malformed': 'one event of broken JSON in the middle; a whole answer is truncated JSON',
  'simulated-no-done': 'everything but [DONE] or the terminal event',
  'simulated-error-in-stream': 'an error event half-way; a whole answer is a 500 (Responses: status failed)',
  'simulated-error-first-event':
    'a 200 stream whose first event is an error; a whole answer is a 200 with an error body',
  'simulated-crlf': 'events with CRLF line ends',
  'simulated-comments': 'SSE comments (and pings) between the events',
} as const satisfies Record<`simulated${string}`, string>

type SimulatedModel = keyof typeof SIMULATED_MODELS

/** What a model does, as its name without `simulated-` and `error-`. */
export type Behaviour = SimulatedModel extends infer Name
  ? Name extends `simulated-error-${infer Rest}`
    ? Rest
    : Name extends `simulated-${infer Rest}`
      ? Rest
      : 'plain'
  : never

const BEHAVIOURS: ReadonlyMap<string, Behaviour> = new Map(
  Object.keys(SIMULATED_MODELS).map((name) => [shortName(name), shortName(name) as Behaviour]),
)

export function behaviourOf(model: string): Behaviour {
  const name = bareModelName(model)
  if (!name.startsWith('simulated-')) return 'plain'
  return BEHAVIOURS.get(shortName(name)) ?? 'plain'
}

/** A model name without its provider prefix. */
export function bareModelName(model: string): string {
  return model.slice(model.lastIndexOf('/') + 1)
}

/** DeepSeek-like servers show their reasoning in chat answers, in a field that OpenAI does not have. */
export function showsReasoningInChat(model: string): boolean {
  const name = bareModelName(model)
  return name.startsWith('deepseek') || name.startsWith('simulated-deepseek')
}

/** Newer Gemini models want their thought signatures back, and give function calls an id. */
export function isSigningModel(model: string): boolean {
  return /^gemini-[34]/.test(bareModelName(model))
}

function shortName(name: string): string {
  return name.replace(/^simulated-(error-)?/, '').replace(/^simulated$/, 'plain')
}
