import { createInterface } from 'node:readline'
import { askGateway, type ChatMessage, type ChatTarget } from './chat-client.ts'
import { answerWriter } from './chat-text.ts'
import type { CliContext } from './context.ts'
import { CommandFailure } from './failure.ts'

export interface Conversation {
  readonly target: ChatTarget
  readonly system: string | undefined
  readonly delivery: 'streamed' | 'whole'
}

/** A conversation line by line, which remembers what was said. Ctrl-D ends it, Ctrl-C the answer that is under way. */
export async function converse(
  { stdin, stdout, stderr }: Pick<CliContext, 'stdin' | 'stdout' | 'stderr'>,
  { target, system, delivery }: Conversation,
): Promise<void> {
  const lines = createInterface({ input: stdin, output: stderr, prompt: '> ' })
  let answering: AbortController | undefined
  let isOpen = true
  lines.on('close', () => {
    isOpen = false
  })
  lines.on('SIGINT', () => (answering === undefined ? lines.close() : answering.abort()))
  const history: ChatMessage[] = system === undefined ? [] : [{ role: 'system', content: system }]
  stderr.write(`${target.model} at ${target.url}. Ctrl-D ends the conversation.\n`)
  lines.prompt()
  for await (const line of lines) {
    const content = line.trim()
    if (content !== '') {
      answering = new AbortController()
      const messages: ChatMessage[] = [...history, { role: 'user', content }]
      const call = { messages, delivery, onText: answerWriter(stdout), signal: answering.signal }
      const answer = await askGateway(target, call).catch((error: unknown) => explain(error, answering))
      stdout.write('\n')
      // a question without an answer is forgotten, so that the next one is not answered with it
      if (typeof answer === 'string') stderr.write(`${answer}\n`)
      else history.push({ role: 'user', content }, { role: 'assistant', content: answer.text })
      answering = undefined
    }
    if (isOpen) lines.prompt() // Ctrl-D may come while an answer does
  }
  stderr.write('\n')
}

function explain(error: unknown, answering: AbortController | undefined): string {
  if (answering?.signal.aborted === true) return '(stopped)'
  if (error instanceof CommandFailure) return error.message
  throw error
}
