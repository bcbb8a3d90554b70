import type { Command } from 'commander'
import type { ChatMessage, ChatTarget } from '../chat-client.ts'
import { answerWriter } from '../chat-text.ts'
import type { CliContext } from '../context.ts'
import { CommandFailure, CutAnswer, WRONG_USAGE } from '../failure.ts'
import { type GlobalOptions, printAnswer } from '../output.ts'

interface Options extends GlobalOptions {
  readonly model?: string
  readonly key?: string
  readonly url?: string
  readonly system?: string
  readonly stream: boolean
}

export function defineChat(program: Command, context: CliContext): void {
  program
    .command('chat')
    .description('ask a model through the gateway; without a prompt, a conversation')
    .argument('[prompt...]', 'what to ask (default: what is piped in)')
    .option('-m, --model <name>', 'the model (default: a small one of the first provider)')
    .option(
      '--key <key>',
      'a virtual key (default: LLM_GATEWAY_KEY, else the demo or local key of the running gateway)',
    )
    .option('--url <address>', 'the gateway to ask (default: the one that runs with our folder)')
    .option('-s, --system <text>', 'instructions that come before the conversation')
    .option('--no-stream', 'print the answer when it is complete')
    .addHelpText('after', HELP)
    .action(async (words: string[], _options: unknown, command: Command) => {
      await chat(context, words.join(' ').trim(), command.optsWithGlobals<Options>())
    })
}

const HELP = `
Examples:
  llm-gateway chat "Why is the sky blue?"
  llm-gateway chat --model claude-haiku-4-5 --system "Answer in French." < question.txt
  llm-gateway chat                # a conversation; Ctrl-D ends it`

async function chat(context: CliContext, words: string, options: Options): Promise<void> {
  const prompt = words === '' && context.stdin.isTTY !== true ? await readAll(context) : words
  const { findChatTarget } = await import('../chat-target.ts')
  const target = await findChatTarget(context, options)
  if (prompt !== '') {
    await askOnce(context, target, prompt, options)
    return
  }
  const { converse } = await import('../chat-repl.ts')
  await converse(context, { target, system: options.system, delivery: options.stream ? 'streamed' : 'whole' })
}

async function askOnce(
  context: CliContext,
  target: ChatTarget,
  prompt: string,
  options: Options,
): Promise<void> {
  const { askGateway } = await import('../chat-client.ts')
  const { stdout, stderr } = context
  const messages: ChatMessage[] = [{ role: 'user', content: prompt }]
  if (options.system !== undefined) messages.unshift({ role: 'system', content: options.system })
  const isSilent = options.json === true || options.quiet === true
  const delivery = options.stream && !isSilent ? 'streamed' : 'whole'
  const onText = isSilent ? () => {} : answerWriter(stdout)
  try {
    const { text, model, finishReason } = await askGateway(target, { messages, delivery, onText })
    const value = { model: model ?? target.model, text, finish_reason: finishReason ?? null }
    printAnswer(context, options, { value, text: '\n' })
    if (finishReason === 'length') stderr.write('(The answer reached its maximum length.)\n')
  } catch (error) {
    if (error instanceof CutAnswer && !isSilent) stdout.write('\n') // the reason has a line of its own
    throw error
  }
}

async function readAll({ stdin }: CliContext): Promise<string> {
  let text = ''
  stdin.setEncoding('utf8')
  for await (const chunk of stdin) text += String(chunk)
  if (text.trim() === '')
    throw new CommandFailure('Nothing to ask: give a prompt, or pipe one in.', WRONG_USAGE)
  return text.trim()
}
