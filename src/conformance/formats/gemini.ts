import { isJsonObject, type JsonObject, textOf } from '../../core/json.ts'
import { shown, unless } from '../check.ts'
import type { Format, Question, Reply } from '../format.ts'
import { isCount, isFilled, isOptionalCount, objectAt, objectsAt, objectsOf } from '../json-read.ts'

/** @see https://ai.google.dev/api/generate-content */
export const gemini: Format = {
  id: 'gemini',
  name: 'gemini',
  family: 'gemini',
  path: (model, delivery) =>
    `/models/${encodeURIComponent(model)}:${delivery === 'whole' ? 'generateContent' : 'streamGenerateContent?alt=sse'}`,
  body: (_model, question) => body(question),
  required: 'contents',
  limits: [{ generationConfig: { maxOutputTokens: 16 } }],
  stopAt: (word) => ({ generationConfig: { stopSequences: [word] } }),
  // it has no word of its own for calls
  endings: { stop: ['STOP'], stopSequence: ['STOP'], length: ['MAX_TOKENS'], calls: ['STOP'] },
  read: (answer) => readChunks([answer]),
  fold: (events) => readChunks(objectsOf(events)),
  shapeProblems,
  eventProblems,
  usageProblems,
  counts,
}

function body(question: Question): JsonObject {
  const { system, tools, choice, schema, more } = question
  return {
    contents: contentsOf(question),
    ...(system !== undefined && { systemInstruction: { parts: [{ text: system }] } }),
    ...(tools && { tools: tools.length === 0 ? [] : [{ functionDeclarations: tools.map(declarationOf) }] }),
    ...(choice && { toolConfig: { functionCallingConfig: { mode: 'ANY' } } }),
    ...(schema && {
      generationConfig: { responseMimeType: 'application/json', responseJsonSchema: schema },
    }),
    ...more,
  }
}

function declarationOf({ name, description, schema }: NonNullable<Question['tools']>[number]): JsonObject {
  return { name, description, parametersJsonSchema: schema }
}

function contentsOf({ prompt, image, previous }: Question): unknown[] {
  const inlineData = { mimeType: 'image/png', data: image }
  const parts = [{ text: prompt }, ...(image === undefined ? [] : [{ inlineData }])]
  if (previous === undefined) return [{ role: 'user', parts }]
  const results = previous.reply.calls.map(({ id, name }) => ({
    functionResponse: { ...(id !== undefined && { id }), name, response: { output: previous.result } },
  }))
  return [{ role: 'user', parts }, previous.reply.turn, { role: 'user', parts: results }]
}

/** Chunks are answers, each with the parts that are new; a whole answer is one of them. */
function readChunks(chunks: readonly JsonObject[]): Reply {
  const candidates = chunks.map((chunk) => objectAt(chunk, 'candidates', 0))
  const parts = candidates.flatMap((candidate) => objectsAt(candidate, 'content', 'parts'))
  return {
    id: chunks[0]?.responseId,
    text: parts.map(({ text, thought }) => (thought === true ? '' : textOf(text))).join(''),
    calls: parts
      .map(({ functionCall }) => functionCall)
      .filter(isJsonObject)
      .map(({ id, name, args }) => ({ id: isFilled(id) ? id : undefined, name: textOf(name), input: args })),
    finish: candidates.findLast(({ finishReason }) => isFilled(finishReason))?.finishReason,
    usage: chunks.map(({ usageMetadata }) => usageMetadata).findLast(isJsonObject),
    turn: { role: 'model', parts },
  }
}

function shapeProblems(answer: JsonObject): (string | undefined)[] {
  const { candidates, modelVersion, responseId } = answer
  const content = objectAt(answer, 'candidates', 0, 'content')
  return [
    unless(Array.isArray(candidates) && candidates.length === 1, 'candidates has one candidate'),
    unless(content.role === 'model', `role is "model", not ${shown(content.role)}`),
    unless(Array.isArray(content.parts) && content.parts.length > 0, 'parts has a part'),
    unless(isFilled(modelVersion), `modelVersion is text, not ${shown(modelVersion)}`),
    unless(isFilled(responseId), `responseId is text, not ${shown(responseId)}`),
  ]
}

function eventProblems(chunks: readonly JsonObject[]): (string | undefined)[] {
  return chunks.flatMap((chunk) => {
    const { modelVersion, responseId } = chunk
    const content = objectAt(chunk, 'candidates', 0).content
    const role = objectAt(content).role
    return [
      unless(isFilled(modelVersion), `modelVersion of every chunk is text, not ${shown(modelVersion)}`),
      unless(isFilled(responseId), `responseId of every chunk is text, not ${shown(responseId)}`),
      unless(content === undefined || role === 'model', `role is "model", not ${shown(role)}`),
    ]
  })
}

function usageProblems(usage: JsonObject): (string | undefined)[] {
  const { promptTokenCount: input, totalTokenCount: total } = usage
  const others = [
    'candidatesTokenCount',
    'thoughtsTokenCount',
    'toolUsePromptTokenCount',
    'cachedContentTokenCount',
  ]
  const sum = counts(usage).output + Number(input) + Number(usage.toolUsePromptTokenCount ?? 0)
  return [
    unless(isCount(input) && input > 0, `promptTokenCount is a count above zero, not ${shown(input)}`),
    ...others.map((name) =>
      unless(isOptionalCount(usage[name]), `${name} is a count, not ${shown(usage[name])}`),
    ),
    unless(total === sum, `totalTokenCount is the sum of the others, ${sum}, not ${shown(total)}`),
  ]
}

/** Thoughts stand beside the answer's tokens. */
function counts(usage: JsonObject): { input: number; output: number } {
  const output = Number(usage.candidatesTokenCount ?? 0) + Number(usage.thoughtsTokenCount ?? 0)
  return { input: Number(usage.promptTokenCount), output }
}
