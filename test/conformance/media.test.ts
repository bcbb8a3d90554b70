import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { TestGateway } from '../support/gateway.ts'
import { type Loss, type Question, type Shown, shared } from './clients/conversation.ts'
import { PDF, PIXEL } from './files.ts'
import { clientFor, lastBody, type Pair, startMatrix, TALKING_PAIRS, type Talker } from './matrix.ts'

const IMAGE: Shown = { type: 'image', mediaType: 'image/png', data: PIXEL }
const DOCUMENT: Shown = { type: 'pdf', filename: 'times.pdf', data: PDF }
const LINK: Shown = { type: 'link', mediaType: 'image/png', url: 'https://example.com/a.png' }
const HEIC: Shown = { type: 'image', mediaType: 'image/heic', data: PIXEL }

/** Where the second thing shown stands, in each client's spelling. */
const SECOND: Readonly<Record<Talker, string>> = {
  'openai-chat': 'messages[0].content[1]',
  'openai-responses': 'input[0].content[1]',
  'anthropic-messages': 'messages[0].content[1]',
  gemini: 'contents[0].parts[1]',
}

let gateway: TestGateway

beforeAll(async () => {
  gateway = await startMatrix()
})

beforeEach(() => gateway.simulator.clear())

afterAll(() => gateway.close())

describe.each(TALKING_PAIRS)('$from → $to', (pair) => {
  test('PRT-01 PRT-05 PRT-13 an image and a PDF between words', async () => {
    const client = clientFor(pair, gateway)
    const question = showing(IMAGE, { type: 'text', text: 'and' }, DOCUMENT, { type: 'text', text: 'please' })
    const whole = await client.whole(question)
    expect(whole.text).toContain('It came with 1 image and 1 file.')
    const sent = JSON.stringify(lastBody(gateway))
    const order = ['Look at', PIXEL, 'and', PDF, 'please'].map((piece) => sent.indexOf(piece))
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(order).not.toContain(-1)
    // a document has no name at Gemini
    const unnamed = pair.to === 'gemini' && pair.from !== 'gemini' ? ['dropped'] : []
    expect(whole.losses.filter(isAboutContent).map(({ action }) => action)).toEqual(unnamed)
    expect(shared(await client.streamed(question))).toEqual(shared(whole))
  })
})

const toGemini = TALKING_PAIRS.filter(({ to }) => to === 'gemini')

test.each(TALKING_PAIRS.filter((pair) => !toGemini.includes(pair) || pair.from === 'gemini'))(
  'PRT-02 $from → $to: an image by its address',
  async (pair) => {
    const whole = await clientFor(pair, gateway).whole(showing(LINK))
    expect(JSON.stringify(lastBody(gateway))).toContain('"https://example.com/a.png"')
    expect(whole.losses.filter(isAboutContent)).toEqual([])
  },
)

test.each(toGemini.filter(({ from }) => from !== 'gemini'))(
  'PRT-02 ERR-25 $from → $to: an address is refused, for nobody fetches it',
  async (pair) => {
    await expectRefusal(pair, showing(LINK))
  },
)

test.each(TALKING_PAIRS.filter(({ from, to }) => to === 'anthropic-messages' && from !== to))(
  'PRT-04 ERR-25 $from → $to: an image of a kind that Anthropic does not take is refused',
  async (pair) => {
    await expectRefusal(pair, showing(HEIC))
  },
)

/** 400 with the place in the client's spelling, whole and streamed, before anything is sent. */
async function expectRefusal(pair: Pair<Talker>, question: Question): Promise<void> {
  const client = clientFor(pair, gateway)
  const message = expect.stringContaining(`"${SECOND[pair.from]}"`)
  const refusal = expect.objectContaining({ status: 400, message })
  await expect(client.whole(question)).rejects.toEqual(refusal)
  await expect(client.streamed(question)).rejects.toEqual(refusal)
  expect(gateway.simulator.received).toEqual([])
}

function isAboutContent({ path }: Loss): boolean {
  return /^(messages|contents|input)/.test(path)
}

function showing(...content: readonly Shown[]): Question {
  return {
    model: 'simulated',
    turns: [{ role: 'user', content: [{ type: 'text', text: 'Look at' }, ...content] }],
  }
}
