import { isJsonObject, type JsonObject } from '../../core/json.ts'

/** An event as any parser hands it out: our own (`wire/sse-event.ts`) and others. */
export interface ReadEvent {
  readonly event?: string | undefined
  readonly data: string
}

export interface Expectation {
  /** Whether the stream has to come to its end (the default), or to an error that nothing follows. */
  readonly ending?: 'complete' | 'error'
  /** Whether token counts have to be there or must not be; undefined for either. */
  readonly usage?: 'wanted' | 'unwanted'
}

/** Collects problems, each under the number of the event that has it. */
export class Findings {
  readonly problems: string[] = []
  #position = 0

  at(position: number): void {
    this.#position = position
  }

  /** Notes the problem unless the condition holds. */
  expect(holds: boolean, problem: string): void {
    if (!holds) this.problems.push(`#${this.#position}: ${problem}`)
  }
}

/** The data of every event, with the terminal `[DONE]` of formats that have one left out; it has to be there if the stream is complete. */
export function readChunks(
  events: readonly ReadEvent[],
  { ending = 'complete' }: Expectation,
  findings: Findings,
): JsonObject[] {
  const last = events.at(-1)?.data
  findings.at(events.length - 1)
  if (ending === 'complete') findings.expect(last === '[DONE]', 'the stream does not end with [DONE]')
  const chunks = last === '[DONE]' ? events.slice(0, -1) : events
  return readObjects(chunks, findings)
}

/** The data of every event, which has to be a JSON object, and have no name beside it. */
export function readObjects(events: readonly ReadEvent[], findings: Findings): JsonObject[] {
  return events.flatMap((event, index) => {
    findings.at(index)
    findings.expect(event.event === undefined, `has a name, ${event.event}`)
    return readData(event, findings)
  })
}

/** The data of named events, whose `type` has to be the name. */
export function readNamed(events: readonly ReadEvent[], findings: Findings): JsonObject[] {
  return events.flatMap((event, index) => {
    findings.at(index)
    return readData(event, findings).map((data) => {
      findings.expect(data.type === event.event, `is named ${event.event} and says ${String(data.type)}`)
      return data
    })
  })
}

function readData({ data }: ReadEvent, findings: Findings): JsonObject[] {
  findings.expect(data !== '[DONE]', 'is [DONE] where none belongs')
  if (data === '[DONE]') return []
  const json = parsed(data)
  findings.expect(isJsonObject(json), 'is not a JSON object')
  return isJsonObject(json) ? [json] : []
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Notes each of the fields that is not the same in all of them. */
export function expectSame(
  objects: readonly JsonObject[],
  names: readonly string[],
  findings: Findings,
): void {
  for (const name of names) {
    const values = new Set(objects.map((object) => object[name]))
    findings.expect(
      values.size <= 1,
      `${name} changes within the stream: ${[...values].map(String).join(', ')}`,
    )
  }
}

/** What comes before an in-band error, which has to be the last and only one if the stream is to fail, and must not be there otherwise. */
export function takeError(
  objects: readonly JsonObject[],
  { ending = 'complete' }: Expectation,
  findings: Findings,
): readonly JsonObject[] {
  const isError = (object: JsonObject) => isJsonObject(object.error)
  const first = objects.findIndex(isError)
  findings.at(first === -1 ? objects.length : first)
  if (ending === 'complete') findings.expect(first === -1, 'carries an error')
  else
    findings.expect(first !== -1 && first === objects.length - 1, 'the error is not the last of the stream')
  return first === -1 ? objects : objects.slice(0, first)
}

export function objectIn(object: JsonObject, name: string): JsonObject {
  const value = object[name]
  return isJsonObject(value) ? value : {}
}

export function objectsIn(object: JsonObject, name: string): JsonObject[] {
  const value = object[name]
  return Array.isArray(value) ? value.filter(isJsonObject) : []
}
