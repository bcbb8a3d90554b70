import { isJsonObject, type JsonObject } from '../core/json.ts'
import { mayHoldWrapped } from '../dialects/carrier.ts'
import type { History } from '../dialects/dialect.ts'
import { parseExact } from '../dialects/exact-json.ts'
import { Report } from '../dialects/report.ts'
import type { Dropped } from '../ir/response.ts'
import { findJsonMembers, type JsonMember } from '../wire/json-members.ts'

export interface CleanBody {
  readonly body: Buffer
  readonly dropped: readonly Dropped[]
}

/**
 * A body that is about to pass through, without proofs of reasoning that we wrapped for the client while another format's model answered
 * it. The same bytes where there are none; else nothing but the conversation is written anew. `needed` stands where something was taken
 * out of an entry that its upstream wants.
 */
export function removeForeignProofs(
  body: Buffer,
  { member, withoutForeignProofs }: History,
  needed: JsonObject = {},
): CleanBody {
  const place = mayHoldWrapped(body) ? findJsonMembers(body).findLast(({ key }) => key === member) : undefined
  if (place === undefined) return { body, dropped: [] }
  const entries = parseExact(body.toString('utf8', place.valueStart, place.valueEnd))
  if (!Array.isArray(entries)) return { body, dropped: [] }
  const report = new Report()
  const clean = entries.flatMap((entry: unknown, index) => {
    if (!isJsonObject(entry)) return [entry]
    const kept = withoutForeignProofs(entry)
    if (kept === entry) return [entry]
    report.tellHarmless('approximated', `${member}[${index}]`, 'reasoning of another model is left out')
    return kept === undefined ? [] : [{ ...needed, ...kept }]
  })
  if (report.dropped.length === 0) return { body, dropped: [] }
  return { body: replaceValue(body, place, JSON.stringify(clean)), dropped: report.dropped }
}

function replaceValue(body: Buffer, { valueStart, valueEnd }: JsonMember, value: string): Buffer {
  return Buffer.concat([body.subarray(0, valueStart), Buffer.from(value), body.subarray(valueEnd)])
}
