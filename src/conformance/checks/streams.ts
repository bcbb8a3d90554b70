import { answerIfAble, answerTo, endingProblem, expectText } from '../ask.ts'
import { type Check, judge, shown, skip, unless } from '../check.ts'
import type { Question } from '../format.ts'
import { objectsAt, objectsOf } from '../json-read.ts'
import { HELLO_STREAMED, streamed, TOOL_QUESTION } from '../questions.ts'
import { checkStreamGrammar } from '../stream-grammar.ts'

const COUNTED: Question = { ...HELLO_STREAMED, more: { stream_options: { include_usage: true } } }

export const STREAM_TYPE: Check = {
  id: 'stream-type',
  title: 'A streamed answer is text/event-stream',
  cases: ['HDR-16', 'RSP-17'],
  run: async (context) => {
    const { exchange } = await answerTo(context, HELLO_STREAMED)
    const type = exchange.headers.get('content-type')
    return judge(exchange, [
      unless(
        type?.startsWith('text/event-stream') === true,
        `content-type text/event-stream, not ${shown(type)}`,
      ),
    ])
  },
}

export const STREAM_SHAPE: Check = {
  id: 'stream-shape',
  title: 'The events of a stream have the fields that clients rely on',
  cases: ['RSP-02', 'RSP-03', 'AGT-06'],
  run: async (context) => {
    const { exchange, events } = await answerTo(context, HELLO_STREAMED)
    const problems = context.format.eventProblems(objectsOf(events))
    return judge(exchange, [...new Set(problems), unless(events.length > 0, 'events')])
  },
}

/** The same of a call. */
export const TOOL_STREAM_SHAPE: Check = {
  id: 'tool-stream-shape',
  title: 'The events of a streamed call have the fields that clients rely on',
  cases: ['TCL-01', 'AGT-06'],
  run: async (context) => {
    const { exchange, events, reply } = await answerIfAble(context, streamed(TOOL_QUESTION))
    if (reply.calls.length === 0) return skip('the model called no tool')
    return judge(exchange, [...new Set(context.format.eventProblems(objectsOf(events)))])
  },
}

export const STREAM_GRAMMAR: Check = {
  id: 'stream-grammar',
  title: 'The events of a streamed text are in order, and end as the format ends',
  cases: ['AGT-06', 'STR-13', 'STR-14', 'STR-17', 'STR-18'],
  run: async (context) => {
    const { exchange, events } = await answerTo(context, HELLO_STREAMED)
    return judge(exchange, checkStreamGrammar(context.format.id, events))
  },
}

export const STREAM_TEXT: Check = {
  id: 'stream-text',
  title: 'The pieces of a streamed answer make a text',
  cases: ['STR-32'],
  run: (context) => expectText(context, HELLO_STREAMED),
}

export const STREAM_FINISH: Check = {
  id: 'stream-finish',
  title: 'A streamed answer says that it came to its end',
  cases: ['STP-01', 'AGT-06'],
  run: async (context) => {
    const { exchange, reply } = await answerTo(context, HELLO_STREAMED)
    return judge(exchange, [endingProblem(reply, context.format.endings.stop)])
  },
}

/** Where the format always counts. */
export const STREAM_USAGE: Check = {
  id: 'stream-usage',
  title: 'A streamed answer has token counts that add up',
  cases: ['USG-06', 'USG-08', 'USG-09'],
  run: async (context) => {
    const { exchange, reply } = await answerTo(context, HELLO_STREAMED)
    return judge(exchange, reply.usage === undefined ? ['usage'] : context.format.usageProblems(reply.usage))
  },
}

/** Where the format counts if it is asked to. */
export const STREAM_USAGE_ASKED: Check = {
  ...STREAM_USAGE,
  title: 'A streamed answer has token counts that add up, in an event of their own, if asked for',
  cases: ['USG-07'],
  run: async (context) => {
    const { exchange, reply, events } = await answerIfAble(context, COUNTED)
    if (reply.usage === undefined) return judge(exchange, ['usage'])
    const last = objectsOf(events).at(-1)
    return judge(exchange, [
      ...context.format.usageProblems(reply.usage),
      unless(objectsAt(last, 'choices').length === 0, 'the counts come last, without choices'),
    ])
  },
}

/** Clients that did not ask fail on an event without choices. A bare `"usage": null` harms nobody. */
export const STREAM_NO_USAGE: Check = {
  id: 'stream-no-usage',
  title: 'A streamed answer has no event of token counts unless asked for',
  cases: ['USG-07', 'PAS-05'],
  run: async (context) => {
    const { exchange, events } = await answerTo(context, HELLO_STREAMED)
    const chunks = objectsOf(events)
    return judge(exchange, [
      unless(
        chunks.length > 0 && chunks.every((chunk) => objectsAt(chunk, 'choices').length > 0),
        'events, and none without choices',
      ),
    ])
  },
}

export const TOOL_STREAM_GRAMMAR: Check = {
  id: 'tool-stream-grammar',
  title: 'The events of a streamed call are in order, and end as the format ends',
  cases: ['AGT-06', 'STR-01', 'STR-17'],
  run: async (context) => {
    const { exchange, events, reply } = await answerIfAble(context, streamed(TOOL_QUESTION))
    if (reply.calls.length === 0) return skip('the model called no tool')
    return judge(exchange, checkStreamGrammar(context.format.id, events))
  },
}

/** Of streams in every format. */
export const STREAMED_ANSWERS: readonly Check[] = [
  STREAM_TYPE,
  STREAM_SHAPE,
  STREAM_GRAMMAR,
  STREAM_TEXT,
  STREAM_FINISH,
]
