import type { Envelope } from '../providers/provider.ts'
import type { UpstreamRequest } from '../upstream/connections.ts'
import type { Headers } from '../wire/headers.ts'
import { addMember, removeMembers } from '../wire/json-edit.ts'

/** A conversation as a platform wants it that puts things elsewhere than the dialect's own API: edited in place, every other byte as it was. */
export function putInEnvelope(request: UpstreamRequest, envelope: Envelope | undefined): UpstreamRequest {
  if (envelope === undefined || request.body === undefined) return request
  const { removes, adds, listsFromHeaders = {}, omitsHeaders = [] } = envelope
  let body = removeMembers(request.body, new Set(removes))
  for (const [key, value] of Object.entries(adds)) body = addMember(body, key, value)
  const headers = { ...request.headers }
  for (const [header, key] of Object.entries(listsFromHeaders)) {
    const values = listOf(headers[header])
    if (values.length > 0) body = addMember(body, key, values)
    delete headers[header]
  }
  for (const header of omitsHeaders) delete headers[header]
  return { ...request, headers, body }
}

function listOf(value: Headers[string] | undefined): string[] {
  const items = [value ?? []].flat().flatMap((line) => line.split(','))
  return [...new Set(items.map((item) => item.trim()).filter((item) => item !== ''))]
}
