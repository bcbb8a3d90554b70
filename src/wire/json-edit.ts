import { findJsonMembers, findObjectEnd, type JsonMember } from './json-members.ts'

/**
 * The body with every top-level `model` spelled anew, or one added, and every other byte as it was. A body may name its model twice;
 * all of them change, so that no upstream can pick the one that we did not mean.
 */
export function setModel(body: Buffer, model: string): Buffer {
  const value = Buffer.from(JSON.stringify(model))
  const parts: Buffer[] = []
  let from = 0
  for (const member of findJsonMembers(body)) {
    if (member.key !== 'model') continue
    parts.push(body.subarray(from, member.valueStart), value)
    from = member.valueEnd
  }
  if (from === 0) return insertMember(body, 0, `"model":${value.toString()}`)
  parts.push(body.subarray(from))
  return Buffer.concat(parts)
}

/** How often the top level names `key`: more than once is legal JSON that parsers disagree about. */
export function countMembers(body: Buffer, key: string): number {
  return findJsonMembers(body).filter((member) => member.key === key).length
}

/**
 * The body with `stream_options.include_usage` set to true and every other byte as it was.
 * @see https://platform.openai.com/docs/api-reference/chat/create (`stream_options`)
 */
export function askForStreamUsage(body: Buffer): Buffer {
  const options = findJsonMembers(body).findLast((member) => member.key === 'stream_options')
  if (options === undefined) return insertMember(body, 0, '"stream_options":{"include_usage":true}')
  if (body[options.valueStart] !== 0x7b) return replaceValue(body, options, '{"include_usage":true}')
  const flag = findJsonMembers(body, options.valueStart).findLast((member) => member.key === 'include_usage')
  if (flag === undefined) return insertMember(body, options.valueStart, '"include_usage":true')
  return replaceValue(body, flag, 'true')
}

/** The body without any top-level member of these names, and every other byte as it was. */
export function removeMembers(body: Buffer, keys: ReadonlySet<string>): Buffer {
  const members = findJsonMembers(body)
  const [first] = members
  const last = members.at(-1)
  if (first === undefined || last === undefined || !members.some(({ key }) => keys.has(key))) return body
  const parts = [body.subarray(0, first.start)]
  members.forEach((member, index) => {
    if (keys.has(member.key)) return
    const before = members[index - 1]
    // with the comma and the space before it, unless it has become the first
    const from = parts.length > 1 && before !== undefined ? before.valueEnd : member.start
    parts.push(body.subarray(from, member.valueEnd))
  })
  return Buffer.concat([...parts, body.subarray(last.valueEnd)])
}

/** The body with one more top-level member at its end, and every other byte as it was; unchanged where it has one of that name. */
export function addMember(body: Buffer, key: string, value: unknown): Buffer {
  if (countMembers(body, key) > 0) return body
  return insertMember(body, 0, `${JSON.stringify(key)}:${JSON.stringify(value)}`)
}

function replaceValue(body: Buffer, member: JsonMember, value: string): Buffer {
  return Buffer.concat([
    body.subarray(0, member.valueStart),
    Buffer.from(value),
    body.subarray(member.valueEnd),
  ])
}

/** Adds a member at the end of the object that starts at or after `objectStart`. */
function insertMember(body: Buffer, objectStart: number, member: string): Buffer {
  const close = findObjectEnd(body, objectStart)
  const separator = findJsonMembers(body, objectStart).length > 0 ? ',' : ''
  return Buffer.concat([body.subarray(0, close), Buffer.from(separator + member), body.subarray(close)])
}
