import type { IncomingHttpHeaders } from 'node:http'
import { type Headers, returnableResponseHeaders } from '../wire/headers.ts'
import type { Conversion } from './conversion.ts'

/** Limits and affairs of one vendor: under another's name they would be misread, since their windows differ. */
const VENDORS = /^(anthropic-|openai-|x-ratelimit-|x-goog-)|^request-id$/

/**
 * An upstream's headers as its answer's client may see them. A client of another format gets none of the vendor's own, and Anthropic's
 * SDK finds the request's id where it looks for one.
 */
export function answerHeaders(
  headers: IncomingHttpHeaders,
  conversion: Pick<Conversion, 'clientDialect'> | undefined,
  requestId: string,
): Headers {
  const returned = returnableResponseHeaders(headers)
  if (conversion === undefined) return returned
  const neutral = Object.fromEntries(Object.entries(returned).filter(([name]) => !VENDORS.test(name)))
  return conversion.clientDialect.family === 'anthropic' ? { ...neutral, 'request-id': requestId } : neutral
}
