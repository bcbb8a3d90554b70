import { expect, test } from 'vitest'
import { readChatStream } from './chat-stream.ts'
import { CommandFailure } from './failure.ts'

const delta = (content: string) =>
  `data: {"model":"m","choices":[{"index":0,"delta":{"content":"${content}"}}]}\n\n`
const FINISH = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
const DONE = 'data: [DONE]\n\n'

/** The stream in pieces of so many bytes. */
async function* inPieces(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size)
}

async function read(text: string, size = 1000) {
  const pieces: string[] = []
  const answer = await readChatStream(inPieces(text, size), (piece) => pieces.push(piece))
  return { answer, pieces }
}

test('text is handed on as it comes, however the bytes are cut', async () => {
  const stream = `: comment\n\n${delta('Grüß')}${delta(' Gott')}${FINISH}${DONE}`
  for (const size of [1, 2, 3, 7, 1000]) {
    const { answer, pieces } = await read(stream, size)
    expect(pieces).toEqual(['Grüß', ' Gott'])
    expect(answer).toEqual({ text: 'Grüß Gott', model: 'm', finishReason: 'stop' })
  }
})

test('a refusal is text too', async () => {
  const refusal = 'data: {"choices":[{"delta":{"refusal":"No."}}]}\n\n'
  expect((await read(refusal + FINISH)).answer.text).toBe('No.')
})

test('a chunk without choices, as it carries usage, is no text', async () => {
  expect(
    (await read(`${delta('a')}${FINISH}data: {"choices":[],"usage":{"total_tokens":1}}\n\n${DONE}`)).pieces,
  ).toEqual(['a'])
})

test('a stream that ends before the answer does is a failure', async () => {
  await expect(read(delta('half'))).rejects.toThrow(CommandFailure)
})

test('an error in the stream is a failure with its words', async () => {
  await expect(
    read(`${delta('half')}data: {"error":{"message":"overloaded","type":"x"}}\n\n`),
  ).rejects.toThrow('overloaded')
})

test('what is no Chat Completion is a failure', async () => {
  await expect(read('data: <html>\n\n')).rejects.toBeInstanceOf(CommandFailure)
})
