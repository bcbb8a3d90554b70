import { GatewayError } from '../core/errors.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'
import { parseKeepingCalls } from './exact-json.ts'

/** The data of a stream's event as the object that it is in nearly every dialect. Throws `upstream_malformed` for anything else. */
export function parseEvent(data: string): JsonObject {
  const json = parse(data, JSON.parse)
  if (isJsonObject(json)) return json
  throw new GatewayError('upstream_malformed', 'The provider sent a stream event that is not a JSON object.')
}

/**
 * The data of a stream's event, whatever JSON it is, with the arguments of calls as they were spelled. Throws `upstream_malformed`
 * where it is none.
 */
export function parseEventData(data: string): unknown {
  return parse(data, parseKeepingCalls)
}

function parse(data: string, read: (text: string) => unknown): unknown {
  try {
    return read(data)
  } catch (cause) {
    throw new GatewayError('upstream_malformed', 'The provider sent a stream event that is not JSON.', {
      cause,
    })
  }
}
