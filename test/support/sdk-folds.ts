import { MessageStream } from '@anthropic-ai/sdk/lib/MessageStream'
import { ChatCompletionStream } from 'openai/lib/ChatCompletionStream'
import { ResponseStream } from 'openai/lib/responses/ResponseStream'
import type { DialectId } from '../../src/core/dialect-id.ts'
import type { SseEvent } from '../../src/wire/sse-event.ts'

/** What the SDKs' helpers add to an answer of their own. */
const ADDED = new Set(['parsed', 'parsed_arguments', 'output_text', 'parsed_output', 'output_parsed'])

/**
 * The whole answer that an official SDK's streaming helper makes of a complete stream; undefined for a format whose SDK has none. Rejects where
 * the helper does.
 */
export async function foldBySdk(format: DialectId, events: readonly SseEvent[]): Promise<unknown> {
  const stream = readable(events.map(({ data }) => data).filter((data) => data !== '[DONE]'))
  switch (format) {
    case 'openai-chat':
      return withoutAdded(await ChatCompletionStream.fromReadableStream(stream).finalChatCompletion())
    case 'openai-responses':
      return withoutAdded(await ResponseStream.fromReadableStream(stream).finalResponse())
    case 'anthropic-messages':
      return withoutAdded(await MessageStream.fromReadableStream(stream).finalMessage())
    default:
      return undefined
  }
}

/** One line of JSON per event, which is how the helpers hand a stream on from one process to another. */
function readable(lines: readonly string[]): ReadableStream {
  const encoder = new TextEncoder()
  return new ReadableStream({
    start(controller) {
      for (const line of lines) controller.enqueue(encoder.encode(`${line}\n`))
      controller.close()
    },
  })
}

function withoutAdded(answer: object): unknown {
  const isAdded = (key: string, value: unknown) =>
    ADDED.has(key) || (key === 'usage' && value === null) /* of a chunk that had none yet */
  return JSON.parse(
    JSON.stringify(answer, (key, value: unknown) => (isAdded(key, value) ? undefined : value)),
  ) as unknown
}
