import { isJsonObject } from '../../core/json.ts'
import { answerIfAble, endingProblem, expectText, judgeUnlessReported } from '../ask.ts'
import { type Check, type CheckContext, judge, shown, skip, unless, type Verdict } from '../check.ts'
import { errorProblems } from '../error-shape.ts'
import type { Call, Question } from '../format.ts'
import { HELLO, streamed, TOOL_QUESTION, TWO_TOOLS_QUESTION } from '../questions.ts'

const FORCED: Question = { ...TOOL_QUESTION, choice: 'forced' }

export const TOOL_AUTO: Check = {
  id: 'tool-auto',
  title: 'A tool that the prompt asks for is called, with arguments that are JSON',
  cases: ['TLD-01', 'TLC-01', 'TCL-01', 'STP-05'],
  run: (context) => expectCalls(context, TOOL_QUESTION),
}

export const TOOL_AUTO_STREAM: Check = {
  id: 'tool-auto-stream',
  title: 'A tool that the prompt asks for is called, streamed',
  cases: ['TLD-01', 'TLC-01', 'TCL-01', 'STP-05'],
  run: (context) => expectCalls(context, streamed(TOOL_QUESTION)),
}

export const TOOL_FORCED: Check = {
  id: 'tool-forced',
  title: 'A tool is called where one has to be',
  cases: ['TLC-03', 'STP-20'],
  run: (context) => expectCalls(context, FORCED),
}

export const TOOL_FORCED_STREAM: Check = {
  id: 'tool-forced-stream',
  title: 'A tool is called where one has to be, streamed',
  cases: ['TLC-03', 'STP-20'],
  run: (context) => expectCalls(context, streamed(FORCED)),
}

export const TWO_TOOLS: Check = {
  id: 'two-tools',
  title: 'Of two tools, those that are called have ids of their own',
  cases: ['TCL-05', 'TCL-07'],
  run: (context) => expectCalls(context, TWO_TOOLS_QUESTION),
}

export const TWO_TOOLS_STREAM: Check = {
  id: 'two-tools-stream',
  title: 'Of two tools, those that are called have ids of their own, streamed',
  cases: ['TCL-05', 'TCL-07'],
  run: (context) => expectCalls(context, streamed(TWO_TOOLS_QUESTION)),
}

export const TOOL_RESULT: Check = {
  id: 'tool-result',
  title: 'After the result of a call the model answers',
  cases: ['TCL-03', 'TCL-10', 'MSG-21'],
  run: async (context) => {
    const { reply } = await answerIfAble(context, TOOL_QUESTION)
    if (reply.calls.length === 0) return skip('the model called no tool')
    const result = '18 degrees and sunny'
    const answer = await answerIfAble(context, { ...TOOL_QUESTION, previous: { reply, result } })
    return judge(answer.exchange, [
      unless(answer.reply.text.trim() !== '' || answer.reply.calls.length > 0, 'text, or another call'),
    ])
  },
}

/** OpenAI refuses it, others do not; it must not break anything. */
export const NO_TOOLS: Check = {
  id: 'no-tools',
  title: 'An empty list of tools is none, or refused with 400',
  cases: ['TLD-18'],
  run: async (context) => {
    const question: Question = { ...HELLO, tools: [] }
    const exchange = await context.ask(question)
    if (exchange.status === 200) return expectText(context, question)
    return judge(exchange, [
      unless(exchange.status === 400, `status 200 or 400, not ${exchange.status}`),
      ...errorProblems(context.format.family, exchange),
    ])
  },
}

async function expectCalls(context: CheckContext, question: Question): Promise<Verdict> {
  const { exchange, reply } = await answerIfAble(context, question)
  const { calls } = reply
  const ids = calls.flatMap(({ id }) => (id === undefined ? [] : [id]))
  // only Gemini may leave ids out
  const wanted = context.format.family === 'gemini' ? ids.length : calls.length
  return judgeUnlessReported(exchange, [
    unless(calls.length > 0, 'at least one call'),
    ...calls.map((call) => callProblem(call, question, argumentsKind(context, question))),
    unless(ids.length === wanted && new Set(ids).size === ids.length, 'an id of its own for every call'),
    endingProblem(reply, context.format.endings.calls),
  ])
}

/** OpenAI's formats send them as JSON text, Anthropic's in streams only. */
function argumentsKind({ format }: CheckContext, { delivery }: Question): ArgumentsKind {
  const isText = format.family === 'openai' || (format.family === 'anthropic' && delivery === 'streamed')
  return isText ? 'JSON text' : 'a JSON object'
}

type ArgumentsKind = 'JSON text' | 'a JSON object'

function callProblem(
  { name, input, problem }: Call,
  { tools = [] }: Question,
  kind: ArgumentsKind,
): string | undefined {
  const value = typeof input === 'string' ? parsed(input) : input
  const isKnown = tools.some((tool) => tool.name === name)
  const isText = typeof input === 'string'
  return (
    unless(isKnown, `the name of a tool that was offered, not ${shown(name)}`) ??
    unless(isText === (kind === 'JSON text'), `arguments of ${name} as ${kind}, not ${shown(input)}`) ??
    unless(
      isJsonObject(value) && typeof value.city === 'string',
      `arguments of ${name} that fit its schema, not ${shown(input)}`,
    ) ??
    problem
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Of every format that has tools. */
export const TOOL_CALLS: readonly Check[] = [
  TOOL_AUTO,
  TOOL_AUTO_STREAM,
  TOOL_FORCED,
  TOOL_FORCED_STREAM,
  TWO_TOOLS,
  TWO_TOOLS_STREAM,
  TOOL_RESULT,
  NO_TOOLS,
]
