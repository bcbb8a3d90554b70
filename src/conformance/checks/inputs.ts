import { answerIfAble, answerTo, endingProblem, judgeUnlessReported, textProblem } from '../ask.ts'
import { type Check, judge, shown, skip, unless } from '../check.ts'
import { HELLO } from '../questions.ts'

/** 16 × 16 pixels, all red. */
const RED_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAFklEQVR42mP4z8BAEmIY1TCqYfhqAACQ+f8B8u7oVwAAAABJRU5ErkJggg=='

const PLACE = {
  type: 'object',
  properties: { city: { type: 'string' }, inhabitants: { type: 'integer' } },
  required: ['city', 'inhabitants'],
  additionalProperties: false,
}

/** Whether a model heeds it cannot be judged from outside; that it read it can. */
export const SYSTEM: Check = {
  id: 'system',
  title: 'A system prompt is read: it costs input tokens',
  cases: ['MSG-01'],
  run: async (context) => {
    const { counts } = context.format
    const { reply: plain } = await answerTo(context, HELLO)
    const system = 'You are a friendly assistant of a bakery, and answer every question briefly. '.repeat(3)
    const { reply, exchange } = await answerIfAble(context, { ...HELLO, system })
    if (plain.usage === undefined || reply.usage === undefined)
      return skip('there are no token counts to tell it by')
    const [less, more] = [counts(plain.usage).input, counts(reply.usage).input]
    return judge(exchange, [
      textProblem(reply),
      unless(more > less, `more input tokens than the ${less} without it, not ${more}`),
    ])
  },
}

export const IMAGE: Check = {
  id: 'image',
  title: 'An image is taken',
  cases: ['PRT-01'],
  run: async (context) => {
    const question = { ...HELLO, prompt: 'Which colour is this? One word.', image: RED_PNG }
    const { reply, exchange } = await answerIfAble(context, question)
    return judge(exchange, [textProblem(reply)])
  },
}

export const SCHEMA: Check = {
  id: 'schema',
  title: 'An answer is JSON of the schema that was asked for',
  cases: ['SCH-01'],
  run: async (context) => {
    const question = { ...HELLO, prompt: 'Name a city, and how many people live there.', schema: PLACE }
    const { reply, exchange } = await answerIfAble(context, question)
    const { city, inhabitants } = fieldsOf(reply.text)
    return judgeUnlessReported(exchange, [
      unless(
        typeof city === 'string' && Number.isInteger(inhabitants),
        `JSON with city and inhabitants, not ${shown(reply.text)}`,
      ),
    ])
  },
}

const WORD = 'gamma'

export const STOP: Check = {
  id: 'stop',
  title: 'An answer ends before a stop sequence',
  cases: ['TOP-08', 'STP-02'],
  run: async (context) => {
    const { endings, stopAt } = context.format
    if (stopAt === undefined) return skip('the format has no stop sequences')
    const prompt = `Repeat these words and nothing else: alpha beta ${WORD} delta`
    const { reply, exchange } = await answerIfAble(context, { ...HELLO, prompt, more: stopAt(WORD) })
    return judgeUnlessReported(exchange, [
      unless(!reply.text.includes(WORD), `text without ${shown(WORD)}`),
      endingProblem(reply, endings.stopSequence),
    ])
  },
}

function fieldsOf(text: string): { readonly city?: unknown; readonly inhabitants?: unknown } {
  try {
    return Object(JSON.parse(text)) as object
  } catch {
    return {}
  }
}
