import type { Question, Tool } from './format.ts'

/** What most checks look at: one short answer. */
export const HELLO: Question = { prompt: 'Say hello in one short sentence.', delivery: 'whole' }
export const HELLO_STREAMED: Question = { ...HELLO, delivery: 'streamed' }

const CITY = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
}

export const WEATHER: Tool = {
  name: 'get_weather',
  description: 'Tells the weather of a city.',
  schema: CITY,
}
export const TIME: Tool = { name: 'get_time', description: 'Tells the local time of a city.', schema: CITY }

export const TOOL_QUESTION: Question = {
  prompt: 'How is the weather in Paris? Call the tool get_weather.',
  delivery: 'whole',
  tools: [WEATHER],
}
export const TWO_TOOLS_QUESTION: Question = {
  prompt:
    'How is the weather in Paris, and what time is it there? Call both tools, get_weather and get_time, at once.',
  delivery: 'whole',
  tools: [WEATHER, TIME],
}

export function streamed(question: Question): Question {
  return { ...question, delivery: 'streamed' }
}
