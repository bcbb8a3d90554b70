import { isDeepStrictEqual } from 'node:util'
import { type JsonObject, textOf } from '../../core/json.ts'
import {
  type Expectation,
  type Findings,
  objectIn,
  objectsIn,
  type ReadEvent,
  readNamed,
} from './findings.ts'

const TERMINAL = ['response.completed', 'response.incomplete', 'response.failed', 'error']

/** Texts that come in deltas: the field in which `done` repeats them. */
const TEXTS: Readonly<Record<string, string>> = {
  'response.output_text': 'text',
  'response.refusal': 'refusal',
  'response.reasoning_text': 'text',
  'response.reasoning_summary_text': 'text',
  'response.function_call_arguments': 'arguments',
  'response.custom_tool_call_input': 'input',
}

interface Item {
  readonly id: unknown
  done: JsonObject | undefined
  /** What was said of each text, by its place in the item; a string once it is done. */
  readonly texts: Map<string, string[] | string>
  /** Content and summary parts, by their place: whether each is still open. */
  readonly parts: Map<string, boolean>
  /** How many of each part were announced. */
  readonly annotations: Map<string, number>
}

/** @see https://platform.openai.com/docs/api-reference/responses-streaming */
export function checkOpenAiResponses(
  events: readonly ReadEvent[],
  expected: Expectation,
  findings: Findings,
): void {
  const data = readNamed(events, findings)
  const items: Item[] = []
  data.forEach((event, position) => {
    findings.at(position)
    findings.expect(event.sequence_number === position, `sequence_number is ${String(event.sequence_number)}`)
    const isLast = position === data.length - 1
    findings.expect(
      TERMINAL.includes(String(event.type)) === isLast,
      isLast ? 'ends nothing' : 'ends too early',
    )
    checkPlace(event, position, findings)
    stepItem(items, event, findings)
  })
  checkIds(data, findings)
  checkEnd(data.at(-1) ?? {}, items, expected, findings)
}

/** `created` and `in_progress` come first, and nowhere else. */
function checkPlace({ type }: JsonObject, position: number, findings: Findings): void {
  const opening = ['response.created', 'response.in_progress']
  if (type === 'error' && position === 0) return
  const wanted = opening[position]
  findings.expect(wanted === undefined || type === wanted, `is ${String(type)}, not ${wanted}`)
  findings.expect(position < 2 || !opening.includes(String(type)), `${String(type)} comes again`)
}

function checkIds(data: readonly JsonObject[], findings: Findings): void {
  const ids = new Set(data.flatMap((event) => ('response' in event ? [objectIn(event, 'response').id] : [])))
  findings.expect(ids.size <= 1, `the response changes its id: ${[...ids].map(String).join(', ')}`)
}

function stepItem(items: Item[], event: JsonObject, findings: Findings): void {
  if (typeof event.output_index !== 'number') return
  const item = items[event.output_index]
  if (event.type === 'response.output_item.added') {
    findings.expect(event.output_index === items.length, `item ${event.output_index} is not the next`)
    const { id, status = 'in_progress' } = objectIn(event, 'item')
    findings.expect(typeof id === 'string' && items.every((other) => other.id !== id), 'its id is not new')
    findings.expect(
      ['in_progress', 'completed'].includes(String(status)),
      `it is announced as ${String(status)}`,
    )
    items.push({ id, done: undefined, texts: new Map(), parts: new Map(), annotations: new Map() })
    return
  }
  findings.expect(item !== undefined, `there is no item ${event.output_index}`)
  if (item === undefined) return
  if (event.type === 'response.output_text.annotation.added') {
    addAnnotation(item, event, findings)
    return
  }
  findings.expect(item.done === undefined, `item ${event.output_index} is done already`)
  if (event.type === 'response.output_item.done') {
    endItem(item, objectIn(event, 'item'), findings)
    return
  }
  findings.expect(event.item_id === item.id, `item_id is ${String(event.item_id)}, not ${String(item.id)}`)
  stepPart(item, event, findings)
  stepText(item, event, findings)
}

/** Sources may be named when their text, or its item, is done already; the whole answer has them in their place. */
function addAnnotation(item: Item, event: JsonObject, findings: Findings): void {
  const place = placeOf(event)
  const count = item.annotations.get(place) ?? 0
  findings.expect(item.parts.has(place), `there is no ${place} to annotate`)
  findings.expect(
    event.annotation_index === count,
    `annotation ${String(event.annotation_index)} is not the next`,
  )
  item.annotations.set(place, count + 1)
  if (item.done === undefined) return
  const content = objectsIn(item.done, 'content').map((part, index) =>
    index === event.content_index
      ? { ...part, annotations: [...objectsIn(part, 'annotations'), event.annotation] }
      : part,
  )
  item.done = { ...item.done, content }
}

/** Where in the item a text stands: which content, which summary, or the item itself. */
function placeOf({ content_index, summary_index }: JsonObject): string {
  if (typeof content_index === 'number') return `content ${content_index}`
  return typeof summary_index === 'number' ? `summary ${summary_index}` : 'item'
}

function stepPart(item: Item, event: JsonObject, findings: Findings): void {
  const place = placeOf(event)
  if (String(event.type).endsWith('_part.added')) {
    const kind = place.split(' ')[0] ?? ''
    const count = [...item.parts.keys()].filter((other) => other.startsWith(kind)).length
    findings.expect(place === `${kind} ${count}`, `${place} is not the next`)
    item.parts.set(place, true)
    return
  }
  if (place !== 'item') findings.expect(item.parts.get(place) === true, `${place} is not open`)
  if (!String(event.type).endsWith('_part.done')) return
  const { text, refusal } = objectIn(event, 'part')
  findings.expect(
    item.texts.get(place) === (text ?? refusal),
    `${place} is done with another text than was said`,
  )
  item.parts.set(place, false)
}

function stepText(item: Item, event: JsonObject, findings: Findings): void {
  const [, name = '', step] = /^(.*)\.(delta|done)$/.exec(String(event.type)) ?? []
  const field = TEXTS[name]
  if (field === undefined) return
  const place = placeOf(event)
  const said = item.texts.get(place) ?? []
  findings.expect(typeof said !== 'string', `${place} goes on after it was done`)
  if (typeof said === 'string') return
  if (step === 'delta') {
    item.texts.set(place, [...said, textOf(event.delta)])
    return
  }
  findings.expect(event[field] === said.join(''), `${place} is done with another text than was said`)
  item.texts.set(place, textOf(event[field]))
}

function endItem(item: Item, done: JsonObject, findings: Findings): void {
  item.done = done
  findings.expect(done.id === item.id, 'the item changes its id')
  for (const [place, isOpen] of item.parts) findings.expect(!isOpen, `${place} is still open`)
  for (const [place, said] of item.texts) {
    findings.expect(typeof said === 'string', `${place} was never done`)
    findings.expect(said === textAt(done, place), `the item has another text in ${place} than was said`)
  }
  for (const [place, count] of item.annotations)
    findings.expect(
      annotationsAt(done, place) === count,
      `${place} has other annotations than were announced`,
    )
  const shown = [...objectsIn(done, 'content'), ...objectsIn(done, 'summary')].length
  findings.expect(shown === item.parts.size, 'the item has parts that were never streamed')
}

function annotationsAt(item: JsonObject, place: string): number {
  return objectsIn(objectsIn(item, 'content')[Number(place.split(' ')[1])] ?? {}, 'annotations').length
}

function textAt(item: JsonObject, place: string): unknown {
  const [list = '', index] = place.split(' ')
  if (list === 'item') return item.arguments ?? item.input
  const part = objectsIn(item, list)[Number(index)] ?? {}
  return part.text ?? part.refusal
}

function checkEnd(
  event: JsonObject,
  items: readonly Item[],
  { ending = 'complete', usage }: Expectation,
  findings: Findings,
): void {
  const isFailure = event.type === 'response.failed' || event.type === 'error'
  findings.expect(isFailure === (ending === 'error'), `the stream ends with ${String(event.type)}`)
  if (event.type === 'error') return
  const response = objectIn(event, 'response')
  findings.expect(
    `response.${String(response.status)}` === event.type,
    `its status is ${String(response.status)}`,
  )
  if (isFailure) {
    findings.expect(typeof objectIn(response, 'error').code === 'string', 'it has no error')
    return
  }
  for (const [index, item] of items.entries())
    findings.expect(item.done !== undefined, `item ${index} is not done`)
  const streamed = items.map((item) => item.done)
  findings.expect(isDeepStrictEqual(response.output, streamed), 'its output is not what was streamed')
  if (usage === 'wanted') findings.expect('total_tokens' in objectIn(response, 'usage'), 'it has no usage')
}
