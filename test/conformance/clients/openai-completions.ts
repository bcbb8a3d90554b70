import OpenAI from 'openai'
import { NO_COUNTS, type Outcome, type Question, recordingFetch, type TestClient } from './conversation.ts'

const NOTHING: Outcome = {
  text: '',
  calls: [],
  refusal: '',
  reasoning: '',
  finish: null,
  counts: NO_COUNTS,
  losses: [],
  native: undefined,
}

/** The legacy Completions through OpenAI's SDK: a prompt, and text in return. */
export function completionsClient(url: string, key: string): TestClient {
  const connect = () => {
    const { fetch, losses } = recordingFetch()
    return { openai: new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0, fetch }), losses }
  }
  return {
    id: 'openai-completions',
    whole: async (question) => {
      const { openai, losses } = connect()
      const completion = await openai.completions.create(bodyOf(question))
      return { ...add(NOTHING, completion), losses: losses() }
    },
    streamed: async (question) => {
      const { openai, losses } = connect()
      const options = { stream: true, stream_options: { include_usage: true } } as const
      let outcome = NOTHING
      for await (const chunk of await openai.completions.create({ ...bodyOf(question), ...options }))
        outcome = add(outcome, chunk)
      return { ...outcome, losses: losses() }
    },
  }
}

function bodyOf({ model, prompt = '', maxTokens = 500, stop }: Question) {
  return { model, prompt, max_tokens: maxTokens, ...(stop && { stop: [...stop] }) }
}

function add(outcome: Outcome, { choices, usage }: OpenAI.Completion): Outcome {
  const choice = choices[0]
  return {
    ...outcome,
    text: outcome.text + (choice?.text ?? ''),
    finish: choice?.finish_reason ?? outcome.finish,
    ...(usage && {
      counts: {
        input: usage.prompt_tokens,
        output: usage.completion_tokens,
        cacheRead: usage.prompt_tokens_details?.cached_tokens ?? 0,
        cacheWrite: usage.prompt_tokens_details?.cache_write_tokens ?? 0,
        reasoning: usage.completion_tokens_details?.reasoning_tokens ?? 0,
      },
    }),
  }
}
