import { type Ask, type OutputFormat, PromptReader, type ToolChoice, type ToolOffer } from './ask.ts'
import { contentsOf, field, functionCallOf, functionResponseOf, partsOf } from './gemini-fields.ts'
import { type JsonObject, listOf, numberOf, objectOf, objectsOf, textOf } from './json.ts'

const PRESET_CACHE_TOKENS = 64

/** Reads a generateContent request. @see https://ai.google.dev/api/generate-content */
export function readGemini(body: JsonObject): Ask {
  const prompt = new PromptReader()
  const config = objectOf(field(body, 'generationConfig'))
  const declarations = objectsOf(body.tools).flatMap((tool) => objectsOf(field(tool, 'functionDeclarations')))
  for (const declaration of declarations) prompt.addText(JSON.stringify(declaration))
  for (const part of partsOf(objectOf(field(body, 'systemInstruction')))) readPart(prompt, part)
  const contents = contentsOf(body)
  for (const part of contents.flatMap((content) => partsOf(content))) readPart(prompt, part)
  const hasCache = textOf(field(body, 'cachedContent')) !== ''
  return {
    blocks: prompt.blocks,
    lastUserText: lastUserText(contents),
    toolResults: toolResults(contents.at(-1)),
    attachments: prompt.attachments,
    tools: declarations.map(readDeclaration),
    toolChoice: readToolChoice(body),
    isParallel: true,
    maxOutputTokens: numberOf(field(config, 'maxOutputTokens')),
    stopSequences: listOf(field(config, 'stopSequences')).map(textOf),
    hasReasoning: hasReasoning(objectOf(field(config, 'thinkingConfig'))),
    format: readFormat(config),
    choiceCount: numberOf(field(config, 'candidateCount')) ?? 1,
    ...(hasCache ? { presetCacheTokens: PRESET_CACHE_TOKENS } : {}),
  }
}

function readPart(prompt: PromptReader, part: JsonObject): void {
  const blob = objectOf(field(part, 'inlineData') ?? field(part, 'fileData'))
  const mediaType = textOf(field(blob, 'mimeType'))
  if (mediaType !== '') {
    prompt.addAttachment(attachmentKind(mediaType), blob.data ?? field(blob, 'fileUri'))
    return
  }
  const response = functionResponseOf(part)
  for (const inner of objectsOf(response?.parts)) readPart(prompt, inner)
  const call = functionCallOf(part) ?? response
  prompt.addText(call ? JSON.stringify(call) : textOf(part.text))
}

function attachmentKind(mediaType: string): 'images' | 'files' | 'sounds' {
  if (mediaType.startsWith('image/')) return 'images'
  return mediaType.startsWith('audio/') ? 'sounds' : 'files'
}

function lastUserText(contents: readonly JsonObject[]): string {
  const texts = contents
    .filter((content) => content.role !== 'model')
    .map((content) =>
      partsOf(content)
        .map((part) => textOf(part.text))
        .filter(Boolean)
        .join(' '),
    )
  return texts.findLast((text) => text !== '') ?? ''
}

function toolResults(last: JsonObject | undefined): string[] {
  return partsOf(last ?? {}).flatMap((part) => {
    const response = functionResponseOf(part)
    return response ? [resultText(objectOf(response.response))] : []
  })
}

function resultText(response: JsonObject): string {
  const output = response.output ?? response.result
  return typeof output === 'string' ? output : JSON.stringify(response)
}

function readDeclaration(declaration: JsonObject): ToolOffer {
  const schema = field(declaration, 'parametersJsonSchema') ?? declaration.parameters ?? { type: 'object' }
  return { name: textOf(declaration.name), schema }
}

function readToolChoice(body: JsonObject): ToolChoice {
  const config = objectOf(field(objectOf(field(body, 'toolConfig')), 'functionCallingConfig'))
  const names = listOf(field(config, 'allowedFunctionNames')).map(textOf)
  const mode = textOf(config.mode).toUpperCase()
  if (mode === 'ANY' && names[0] !== undefined) return { type: 'named', name: names[0] }
  if (mode === 'ANY') return { type: 'required' }
  return { type: mode === 'NONE' ? 'none' : 'auto' }
}

function hasReasoning(thinking: JsonObject): boolean {
  if (field(thinking, 'thinkingBudget') === 0) return false
  return Object.keys(thinking).length > 0
}

function readFormat(config: JsonObject): OutputFormat | undefined {
  const schema = field(config, 'responseJsonSchema') ?? field(config, 'responseSchema')
  if (schema !== undefined) return { type: 'schema', schema }
  return field(config, 'responseMimeType') === 'application/json' ? { type: 'json' } : undefined
}
