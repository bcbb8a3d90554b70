import type { Call } from './dialect.ts'
import {
  contentsOf,
  field,
  functionCallOf,
  functionResponseOf,
  generateRequestOf,
  partsOf,
  toCamel,
  toSnake,
} from './gemini-fields.ts'
import { isObject, type JsonObject, listOf, objectOf, objectsOf, textOf } from './json.ts'
import { isSigningModel } from './models.ts'
import { invalid, type Problem } from './problem.ts'
import { readMinted } from './reply.ts'
import { isSealed, numberOfSeal } from './signature.ts'

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/))

const REQUEST =
  words(`model contents systemInstruction tools toolConfig safetySettings generationConfig cachedContent
  continuationToken labels serviceTier store`)
const COUNT_REQUEST = words('contents generateContentRequest')
const CONFIG = words(`audioTimestamp audioTranscriptionConfig candidateCount enableAffectiveDialog
  enableEnhancedCivicAnswers frequencyPenalty imageConfig logprobs maxOutputTokens mediaResolution
  modelSelectionConfig presencePenalty responseFormat responseJsonSchema responseLogprobs responseMimeType
  responseModalities responseSchema routingConfig seed speechConfig stopSequences temperature thinkingConfig topK topP
  translationConfig`)
const CONTENT = words('role parts')
const PART =
  words(`mediaResolution toolCall toolResponse audioTranscription codeExecutionResult executableCode fileData
  functionCall functionResponse inlineData text thought thoughtSignature videoMetadata partMetadata mediaProcessing
  speechMetadata`)
const PART_DATA = [...PART].filter((name) => !/^(thought|.*Metadata|media.*)/.test(name))
const DECLARATION = words(
  'behavior description name parameters parametersJsonSchema response responseJsonSchema',
)
const SCHEMA =
  words(`anyOf default description enum example format items maxItems maxLength maxProperties maximum minItems
  minLength minProperties minimum nullable pattern properties propertyOrdering required title type`)

const NAME = /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/
/** Accepted in place of a signature, for history that Gemini did not write. */
const SENTINEL = 'skip_thought_signature_validator'

/** What Gemini refuses in a generateContent or countTokens request, as far as a gateway could get it wrong. */
export function checkGemini(body: JsonObject, { model, isCountingTokens }: Call): Problem | undefined {
  const request = generateRequestOf(body)
  const isWrapped = request !== body
  const top = isCountingTokens && !isWrapped ? COUNT_REQUEST : REQUEST
  return (
    checkFields(request, top, '') ??
    checkConfig(objectOf(field(request, 'generationConfig'))) ??
    checkDeclarations(request) ??
    checkContents(contentsOf(request)) ??
    checkTurns(contentsOf(request)) ??
    (isSigningModel(model) ? checkSignatures(contentsOf(request)) : undefined)
  )
}

function checkFields(object: JsonObject, known: ReadonlySet<string>, path: string): Problem | undefined {
  const unknown = Object.keys(object).find((name) => !known.has(toCamel(name)))
  if (unknown === undefined) return undefined
  const at = path === '' ? '' : ` at '${path}'`
  return invalid(`Invalid JSON payload received. Unknown name "${unknown}"${at}: Cannot find field.`)
}

function checkConfig(config: JsonObject): Problem | undefined {
  const thinking = objectOf(field(config, 'thinkingConfig'))
  const isDouble =
    field(thinking, 'thinkingBudget') !== undefined && field(thinking, 'thinkingLevel') !== undefined
  if (isDouble) return invalid('You can only set one of thinking budget and thinking level.')
  const schema = field(config, 'responseSchema')
  return (
    checkFields(config, CONFIG, 'generation_config') ??
    (isObject(schema) ? checkSchema(schema, 'generation_config.response_schema') : undefined)
  )
}

function checkDeclarations(body: JsonObject): Problem | undefined {
  for (const [toolIndex, tool] of objectsOf(body.tools).entries()) {
    for (const [index, declaration] of objectsOf(field(tool, 'functionDeclarations')).entries()) {
      const path = `tools[${toolIndex}].function_declarations[${index}]`
      const problem = checkDeclaration(declaration, path)
      if (problem) return problem
    }
  }
  return undefined
}

function checkDeclaration(declaration: JsonObject, path: string): Problem | undefined {
  if (!NAME.test(textOf(declaration.name))) {
    return invalid(
      `${path}.name: Invalid function name. Must start with a letter or an underscore, with a maximum length of 128.`,
    )
  }
  if (declaration.parameters !== undefined && field(declaration, 'parametersJsonSchema') !== undefined) {
    return invalid(`${path}: only one of parameters and parameters_json_schema may be set.`)
  }
  const schema = declaration.parameters
  return (
    checkFields(declaration, DECLARATION, path) ??
    (isObject(schema) ? checkSchema(schema, `${path}.parameters`) : undefined)
  )
}

function checkSchema(schema: JsonObject, path: string): Problem | undefined {
  const problem = checkFields(schema, SCHEMA, path)
  if (problem) return problem
  const properties = Object.entries(objectOf(schema.properties)).map(
    ([, value], index) => [value, `properties[${index}].value`] as const,
  )
  const choices = listOf(field(schema, 'anyOf')).map((value, index) => [value, `any_of[${index}]`] as const)
  for (const [value, step] of [...properties, ...choices, [schema.items, 'items'] as const]) {
    const inner = isObject(value) ? checkSchema(value, `${path}.${step}`) : undefined
    if (inner) return inner
  }
  return undefined
}

function checkContents(contents: readonly JsonObject[]): Problem | undefined {
  if (contents.every((content) => Object.keys(content).length === 0)) {
    return invalid('* GenerateContentRequest.contents: contents is not specified')
  }
  for (const [index, content] of contents.entries()) {
    const path = `contents[${index}]`
    const problem = checkFields(content, CONTENT, path)
    if (problem) return problem
    if (![undefined, 'user', 'model', 'function'].includes(content.role as string | undefined)) {
      return invalid('Please use a valid role: user, model.')
    }
    const parts = partsOf(content)
    if (parts.length === 0)
      return invalid(`* GenerateContentRequest.${path}.parts: contents.parts must not be empty.`)
    for (const [position, part] of parts.entries()) {
      const wrong = checkPart(part, `${path}.parts[${position}]`)
      if (wrong) return wrong
    }
  }
  return undefined
}

function checkPart(part: JsonObject, path: string): Problem | undefined {
  const data = PART_DATA.filter((name) => field(part, name) !== undefined)
  if (data.length === 0) {
    return invalid(
      `* GenerateContentRequest.${path}.data: required oneof field 'data' must have one initialized field`,
    )
  }
  if (data.length > 1) {
    return invalid(
      `Invalid value at '${path}' (oneof), oneof field 'data' is already set. Cannot set '${toSnake(data[1] ?? '')}'`,
    )
  }
  const answered = functionResponseOf(part)
  if (answered && textOf(answered.name) === '')
    return invalid(`* GenerateContentRequest.${path}.function_response.name: Name cannot be empty.`)
  if (answered && !isObject(answered.response))
    return invalid(
      `Invalid value at '${path}.function_response.response' (type.googleapis.com/google.protobuf.Struct)`,
    )
  const call = functionCallOf(part)
  const isBadCall = call?.args !== undefined && !isObject(call.args)
  if (isBadCall)
    return invalid(
      `Invalid value at '${path}.function_call.args' (type.googleapis.com/google.protobuf.Struct)`,
    )
  return checkFields(part, PART, path)
}

function checkTurns(contents: readonly JsonObject[]): Problem | undefined {
  for (const [index, content] of contents.entries()) {
    const calls = partsOf(content).filter((part) => functionCallOf(part)).length
    const answers = partsOf(content).filter((part) => functionResponseOf(part)).length
    const before = partsOf(contents[index - 1] ?? {}).filter((part) => functionCallOf(part)).length
    const after = partsOf(contents[index + 1] ?? {}).filter((part) => functionResponseOf(part)).length
    if ((calls > 0 && after !== calls) || (answers > 0 && before !== answers)) {
      return invalid(
        'Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.',
      )
    }
    if (calls > 0 && index === 0) {
      return invalid(
        'Please ensure that function call turn comes immediately after a user turn or after a function response turn.',
      )
    }
  }
  return undefined
}

// a signature belongs to the step that it was made for
function isSignedForAnother(call: JsonObject): boolean {
  const signature = field(call, 'thoughtSignature')
  const minted = readMinted('call-', textOf(functionCallOf(call)?.id))
  if (minted === undefined || typeof signature !== 'string' || signature === SENTINEL) return false
  return numberOfSeal(signature) !== minted.number
}

function checkSignatures(contents: readonly JsonObject[]): Problem | undefined {
  for (const [index, content] of contents.entries()) {
    const parts = partsOf(content)
    const signed = parts
      .map((part) => field(part, 'thoughtSignature'))
      .filter((signature) => signature !== undefined)
    const isForged = signed.some(
      (signature) => signature !== SENTINEL && !isSealed('thought-signature', '', signature),
    )
    if (isForged) return invalid('Corrupted thought signature.')
    const firstCall = parts.find((part) => functionCallOf(part))
    if (firstCall && isSignedForAnother(firstCall)) return invalid('Corrupted thought signature.')
    if (firstCall && field(firstCall, 'thoughtSignature') === undefined) {
      const name = textOf(functionCallOf(firstCall)?.name)
      return invalid(
        `Function call is missing a thought_signature in functionCall parts. This is required for tools to work correctly, and missing thought_signature may lead to degraded model performance. Additional data, function call \`default_api:${name}\`, position ${index + 1}.`,
      )
    }
  }
  return undefined
}
