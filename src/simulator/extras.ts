import { embed, toBase64 } from './embedding.ts'
import { contentsOf, partsOf } from './gemini-fields.ts'
import { type JsonObject, listOf, numberOf, objectOf, objectsOf, textOf } from './json.ts'
import type { ExtraName, GeminiExtraName } from './routes.ts'
import { countTokens } from './tokens.ts'

const OPENAI_DIMENSIONS = 1536
const GEMINI_DIMENSIONS = 768
const TINY_PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=='

/** A body that is not JSON. */
export interface BinaryBody {
  readonly contentType: string
  readonly bytes: Buffer
}

/** The answer of an OpenAI endpoint that is not about text generation. */
export function answerExtra(
  name: ExtraName,
  model: string,
  body: JsonObject,
  serial: number,
): JsonObject | BinaryBody {
  switch (name) {
    case 'embeddings':
      return answerEmbeddings(model, body)
    case 'moderations':
      return answerModerations(model, body, serial)
    case 'images':
      return answerImages(body)
    case 'speech':
      return { contentType: 'audio/wav', bytes: SILENT_WAV }
    case 'transcriptions':
      return { text: 'A simulated transcription.', usage: { type: 'duration', seconds: 1 } }
  }
}

export function isBinary(answer: JsonObject | BinaryBody): answer is BinaryBody {
  return Buffer.isBuffer((answer as BinaryBody).bytes)
}

/** The answer of Gemini's embedding methods. @see https://ai.google.dev/api/embeddings */
export function answerGeminiExtra(name: GeminiExtraName, body: JsonObject): JsonObject {
  const requests = name === 'embedContent' ? [body] : objectsOf(body.requests)
  const embeddings = requests.map(embedContent)
  const tokens = requests.reduce((sum, request) => sum + countTokens(textToEmbed(request)), 0)
  const usageMetadata = { promptTokenCount: tokens, totalTokenCount: tokens }
  return { ...(name === 'embedContent' ? { embedding: embeddings[0] } : { embeddings }), usageMetadata }
}

/** The model of a multipart form, found without decoding the rest. */
export function modelOfForm(rawBody: Buffer): string {
  return /name="model"\r\n(?:[^\r\n]+\r\n)*\r\n([^\r\n]*)/.exec(rawBody.toString('latin1'))?.[1] ?? ''
}

// a string, strings, token ids, or lists of token ids
function inputsOf(input: unknown): string[] {
  if (typeof input === 'string') return [input]
  const list = listOf(input)
  return list.every((item) => typeof item === 'number')
    ? [list.join(' ')]
    : list.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)))
}

function answerEmbeddings(model: string, body: JsonObject): JsonObject {
  const inputs = inputsOf(body.input)
  const dimensions = numberOf(body.dimensions) ?? OPENAI_DIMENSIONS
  const data = inputs.map((input, index) => {
    const vector = embed(input, dimensions)
    return {
      object: 'embedding',
      index,
      embedding: body.encoding_format === 'base64' ? toBase64(vector) : [...vector],
    }
  })
  const tokens = inputs.reduce((sum, input) => sum + countTokens(input), 0)
  return { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } }
}

const MODERATION_CATEGORIES = [
  'harassment',
  'harassment/threatening',
  'hate',
  'hate/threatening',
  'illicit',
  'illicit/violent',
  'self-harm',
  'self-harm/instructions',
  'self-harm/intent',
  'sexual',
  'sexual/minors',
  'violence',
  'violence/graphic',
]

// flags what contains the word "violence", nothing else
function answerModerations(model: string, body: JsonObject, serial: number): JsonObject {
  const inputs = inputsOf(body.input).map((input) => input.includes('violence'))
  const perCategory = (write: (isHit: boolean) => unknown, flagged: boolean) =>
    Object.fromEntries(MODERATION_CATEGORIES.map((name) => [name, write(flagged && name === 'violence')]))
  const results = inputs.map((flagged) => ({
    flagged,
    categories: perCategory((isHit) => isHit, flagged),
    category_scores: perCategory((isHit) => (isHit ? 0.99 : 0.001), flagged),
    category_applied_input_types: perCategory(() => ['text'], flagged),
  }))
  return { id: `modr-sim${serial}`, model, results }
}

function answerImages(body: JsonObject): JsonObject {
  const data = Array.from({ length: numberOf(body.n) ?? 1 }, () => ({ b64_json: TINY_PNG }))
  const text_tokens = countTokens(textOf(body.prompt))
  const input_tokens_details = { text_tokens, image_tokens: 0 }
  const output_tokens = 272 * data.length
  const usage = {
    input_tokens: text_tokens,
    input_tokens_details,
    output_tokens,
    total_tokens: text_tokens + output_tokens,
  }
  return { created: Math.floor(Date.now() / 1000), data, output_format: 'png', size: '1024x1024', usage }
}

function embedContent(request: JsonObject): JsonObject {
  const dimensions = numberOf(request.outputDimensionality) ?? GEMINI_DIMENSIONS
  return { values: [...embed(textToEmbed(request), dimensions)] }
}

function textToEmbed(request: JsonObject): string {
  const parts = partsOf(contentsOf({ contents: objectOf(request.content) })[0] ?? {})
  return parts.map((part) => textOf(part.text)).join(' ')
}

const SILENT_WAV = silentWav(4000)

// 8 kHz, mono, 8 bits
function silentWav(sampleCount: number): Buffer {
  const wav = Buffer.alloc(44 + sampleCount, 0x80)
  wav.write('RIFF', 0, 'latin1')
  wav.writeUInt32LE(36 + sampleCount, 4)
  wav.write('WAVEfmt ', 8, 'latin1')
  wav.writeUInt32LE(16, 16)
  wav.writeUInt16LE(1, 20)
  wav.writeUInt16LE(1, 22)
  wav.writeUInt32LE(8000, 24)
  wav.writeUInt32LE(8000, 28)
  wav.writeUInt16LE(1, 32)
  wav.writeUInt16LE(8, 34)
  wav.write('data', 36, 'latin1')
  wav.writeUInt32LE(sampleCount, 40)
  return wav
}
