import { GatewayError } from '../core/errors.ts'
import { isJsonObject, type JsonObject } from '../core/json.ts'

/** The data of a stream's event as the object that it is in nearly every dialect. Throws `upstream_malformed` for anything else. */
export function parseEvent(data: string): JsonObject {
  const json = parseEventData(data)
  if (isJsonObject(json)) return json
  throw new GatewayError('upstream_malformed', 'The provider sent a stream event that is not a JSON object.')
}

/** The data of a stream's event, whatever JSON it is. Throws `upstream_malformed` where it is none. */
export function parseEventData(data: string): unknown {
  try {
    return JSON.parse(data)
  } catch (cause) {
    throw new GatewayError('upstream_malformed', 'The provider sent a stream event that is not JSON.', {
      cause,
    })
  }
}
