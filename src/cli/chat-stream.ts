import { createParser } from 'eventsource-parser'
import * as z from 'zod'
import { CommandFailure, CutAnswer } from './failure.ts'

const Chunk = z.object({
  model: z.string().optional(),
  choices: z
    .array(
      z.object({
        delta: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }).nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .optional(),
  error: z.object({ message: z.string() }).optional(),
})

export interface ChatAnswer {
  readonly text: string
  readonly model: string | undefined
  readonly finishReason: string | undefined
}

/**
 * Reads a streamed Chat Completion and hands on its text as it comes. Throws a CommandFailure for an error in the stream,
 * and where the stream ends before the answer does.
 * @see https://platform.openai.com/docs/api-reference/chat-streaming
 */
export async function readChatStream(
  bytes: AsyncIterable<Uint8Array>,
  onText: (text: string) => void,
): Promise<ChatAnswer> {
  const state = {
    text: '',
    model: undefined as string | undefined,
    finishReason: undefined as string | undefined,
  }
  let isDone = false
  const onData = (data: string) => {
    if (data === '[DONE]') {
      isDone = true
      return
    }
    const { model, choices, error } = readChunk(data)
    if (error !== undefined) throw failure(state.text, error.message)
    const text = textOf(choices?.[0]?.delta)
    state.model ??= model
    state.finishReason = choices?.[0]?.finish_reason ?? state.finishReason
    state.text += text
    if (text !== '') onText(text)
  }
  const parser = createParser({ onEvent: ({ data }) => onData(data) })
  const decoder = new TextDecoder()
  for await (const chunk of bytes) parser.feed(decoder.decode(chunk, { stream: true }))
  if (!isDone && state.finishReason === undefined) throw failure(state.text, 'The answer was cut off.')
  return state
}

function failure(text: string, message: string): CommandFailure {
  return text === '' ? new CommandFailure(message) : new CutAnswer(message)
}

type Delta = NonNullable<z.output<typeof Chunk>['choices']>[number]['delta']

function textOf(delta: Delta): string {
  return delta?.content ?? delta?.refusal ?? ''
}

function readChunk(data: string): z.output<typeof Chunk> {
  try {
    return Chunk.parse(JSON.parse(data))
  } catch (cause) {
    throw new CommandFailure('The answer is not a Chat Completion.', undefined, { cause })
  }
}
