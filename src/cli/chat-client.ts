import * as z from 'zod'
import { type ChatAnswer, readChatStream } from './chat-stream.ts'
import { localUrl } from './example-call.ts'
import { CommandFailure, CutAnswer, errorCodeOf, messageOf } from './failure.ts'
import { unreachable } from './gateway-client.ts'

export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** Where to ask, as whom, and for which model. */
export interface ChatTarget {
  readonly url: string
  readonly key: string
  readonly model: string
}

export interface ChatCall {
  readonly messages: readonly ChatMessage[]
  readonly delivery: 'streamed' | 'whole'
  readonly onText: (text: string) => void
  readonly signal?: AbortSignal
}

const WholeAnswer = z.object({
  model: z.string().optional(),
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullish(), refusal: z.string().nullish() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
})
const ErrorAnswer = z.object({ error: z.object({ message: z.string() }) })

/**
 * Asks a gateway for the next message of a conversation, as OpenAI Chat. Throws a CommandFailure in words; an abort is
 * passed on as it is.
 * @see https://platform.openai.com/docs/api-reference/chat/create
 */
export async function askGateway(target: ChatTarget, call: ChatCall): Promise<ChatAnswer> {
  const response = await send(target, call)
  if (!response.ok) throw await refused(response)
  if (call.delivery === 'whole') return readWhole(await response.text(), call.onText)
  if (response.body === null) throw new CommandFailure('The gateway answered without content.')
  try {
    return await readChatStream(response.body, call.onText)
  } catch (error) {
    if (error instanceof CommandFailure || call.signal?.aborted === true) throw error
    throw new CutAnswer(`The answer was cut off (${errorCodeOf(error) ?? messageOf(error)}).`)
  }
}

async function send({ url, key, model }: ChatTarget, call: ChatCall): Promise<Response> {
  const { messages, delivery, signal } = call
  try {
    return await fetch(`${localUrl(url)}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ model, messages, stream: delivery === 'streamed' }),
      redirect: 'error', // the key is for this gateway alone
      ...(signal === undefined ? {} : { signal }),
    })
  } catch (error) {
    if (signal?.aborted === true) throw error
    throw unreachable(url, error)
  }
}

function readWhole(body: string, onText: ChatCall['onText']): ChatAnswer {
  const answer = WholeAnswer.safeParse(parse(body)).data
  const choice = answer?.choices[0]
  if (choice === undefined) throw new CommandFailure('The answer is not a Chat Completion.')
  const text = choice.message.content ?? choice.message.refusal ?? ''
  onText(text)
  return { text, model: answer?.model, finishReason: choice.finish_reason ?? undefined }
}

async function refused(response: Response): Promise<CommandFailure> {
  const body = await response.text().catch(() => '')
  const message = ErrorAnswer.safeParse(parse(body)).data?.error.message ?? 'no reason was given'
  const hint = response.status === 401 ? ' Give a key with --key or LLM_GATEWAY_KEY.' : ''
  return new CommandFailure(`The gateway refused (${response.status}): ${message}${hint}`)
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
