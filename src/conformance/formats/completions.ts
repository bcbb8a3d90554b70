import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import { shown, unless } from '../check.ts'
import type { Format, Question, Reply } from '../format.ts'
import { isFilled, objectAt, objectsAt, objectsOf } from '../json-read.ts'
import type { ReadEvent } from '../stream-grammars/findings.ts'
import { problemsOfChunks } from './openai-chunks.ts'
import { countsOf, problemsOfUsage } from './openai-usage.ts'

/** @see https://platform.openai.com/docs/api-reference/completions */
export const completions: Format = {
  id: 'openai-completions',
  name: 'completions',
  family: 'openai',
  path: () => '/completions',
  body,
  required: 'prompt',
  limits: [{ max_tokens: 16 }],
  stopAt: (word) => ({ stop: [word] }),
  endings: { stop: ['stop'], stopSequence: ['stop'], length: ['length'], calls: [] },
  read: (answer) => readChoices([answer]),
  fold: (events: readonly ReadEvent[]) => readChoices(objectsOf(events)),
  shapeProblems,
  eventProblems: problemsOfChunks,
  usageProblems: problemsOfUsage,
  counts: countsOf,
}

/** 16 tokens are the default, which is too few for an answer. */
function body(model: string, { prompt, delivery, more }: Question): JsonObject {
  return { model, prompt, max_tokens: 200, ...(delivery === 'streamed' && { stream: true }), ...more }
}

function readChoices(answers: readonly JsonObject[]): Reply {
  const choices = answers.flatMap((answer) => objectsAt(answer, 'choices'))
  return {
    id: answers[0]?.id,
    text: choices.map(({ text }) => textOf(text)).join(''),
    calls: [],
    finish: choices.findLast(({ finish_reason }) => isFilled(finish_reason))?.finish_reason,
    usage: answers.map(({ usage }) => usage).findLast(isJsonObject),
    turn: undefined,
  }
}

function shapeProblems(answer: JsonObject): (string | undefined)[] {
  const { id, object, created, model, choices } = answer
  const choice = objectAt(answer, 'choices', 0)
  return [
    unless(isFilled(id), `id is text, not ${shown(id)}`),
    unless(object === 'text_completion', `object is "text_completion", not ${shown(object)}`),
    unless(Number.isInteger(created), `created is whole seconds, not ${shown(created)}`),
    unless(isFilled(model), `model is text, not ${shown(model)}`),
    unless(Array.isArray(choices) && choices.length === 1, 'choices has one choice'),
    unless(choice.index === 0, `the choice has index 0, not ${shown(choice.index)}`),
    unless(typeof choice.text === 'string', `text is text, not ${shown(choice.text)}`),
  ]
}
