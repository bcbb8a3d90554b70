import { isJsonObject, type JsonObject } from '../../core/json.ts'

interface Spoken {
  readonly index: number
  readonly hasId: boolean
  isDone: boolean
}

/**
 * Gives events the place in the output that some servers leave out: the one that the item's id was announced with, else that of the item
 * that was spoken of last.
 */
export function createItemPlaces(): (event: JsonObject) => JsonObject {
  const byId = new Map<string, number>()
  let last: Spoken | undefined
  let next = 0

  function note(event: JsonObject, index: number): void {
    const { item, type } = event
    next = Math.max(next, index + 1)
    const id = idOf(event)
    // ids of items only: those of deltas change from event to event at some servers
    if (isJsonObject(item) && id !== undefined) byId.set(id, index)
    const isDone = type === 'response.output_item.done'
    if (last?.index === index) last.isDone ||= isDone
    else last = { index, hasId: id !== undefined, isDone }
  }

  function placeOf(event: JsonObject): number {
    const id = idOf(event)
    const known = id === undefined ? undefined : byId.get(id)
    if (known !== undefined) return known
    const isNew = event.type === 'response.output_item.added' || last === undefined || last.isDone
    return isNew || last === undefined || (id !== undefined && last.hasId) ? next : last.index
  }

  return (event) => {
    if (typeof event.output_index === 'number') {
      note(event, event.output_index)
      return event
    }
    if (!isOfItem(event)) return event
    const output_index = placeOf(event)
    note(event, output_index)
    return { ...event, output_index }
  }
}

/** Everything but what concerns the response as a whole. */
function isOfItem({ type, response }: JsonObject): boolean {
  return typeof type === 'string' && type.startsWith('response.') && response === undefined
}

function idOf({ item, item_id }: JsonObject): string | undefined {
  const id = isJsonObject(item) ? (item.id ?? item.call_id) : item_id
  return typeof id === 'string' ? id : undefined
}
