import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Extra } from '../../ir/request.ts'
import { membersOf, type ProtoMember, type ProtoMessage, toCamel } from './proto-json.ts'

/** Fields that change what the answer is or whether it may be given: leaving one out would break the client's contract. */
const CONTRACTS: ReadonlySet<string> = new Set([
  'cachedContent',
  'continuationToken',
  'modelArmorConfig',
  'responseFormat',
  'responseModalities',
  'speechConfig',
  'imageConfig',
  'translationConfig',
  'audioTranscriptionConfig',
  'retrievalConfig',
  'videoMetadata',
  'willContinue',
])

/** Every field of the message that is none of `known`, as what an encoder has to account for. */
export function extrasOf(message: ProtoMessage, known: ReadonlySet<string>): Extra[] {
  return membersOf(message)
    .filter(({ name }) => !known.has(name))
    .filter((member) => asksForSomething(member))
    .map((member) => extra(member.path, member.value, isContract(member) ? 'contract' : 'hint'))
}

export function extra(path: string, value: unknown, weight: Extra['weight']): Extra {
  return { dialect: 'gemini', path, value, weight }
}

function asksForSomething({ name, value }: ProtoMember): boolean {
  if (Array.isArray(value) && value.length === 0) return false
  if (name === 'responseModalities' && Array.isArray(value))
    return value.some((modality) => modality !== 'TEXT')
  return true
}

function isContract({ name, value }: ProtoMember): boolean {
  return name === 'safetySettings' ? demandsFiltering(value) : CONTRACTS.has(name)
}

/** Settings that only switch filters off ask nothing of a provider that has no such filters. */
function demandsFiltering(settings: unknown): boolean {
  if (!Array.isArray(settings)) return true
  return settings.some(
    (setting) => !isJsonObject(setting) || !['BLOCK_NONE', 'OFF'].includes(String(setting.threshold)),
  )
}

/** True for an extra of our own that stands at a place which can be found again: not inside a list, nor a schema that was rewritten. */
export function isRestorable(extra: Extra): boolean {
  return extra.dialect === 'gemini' && !/\[|response_?schema\./i.test(extra.path)
}

/** The body with its restorable extras back in their places, where nothing else has taken them. */
export function withExtras(body: JsonObject, extras: readonly Extra[]): JsonObject {
  return extras.filter(isRestorable).reduce<JsonObject>((whole, { path, value }) => {
    return withMember(whole, path.split('.').map(toCamel), value)
  }, body)
}

function withMember(object: JsonObject, [name, ...rest]: readonly string[], value: unknown): JsonObject {
  if (name === undefined || name === '__proto__') return object
  const inner = Object.hasOwn(object, name) ? object[name] : undefined
  if (rest.length === 0) return inner === undefined ? { ...object, [name]: value } : object
  return { ...object, [name]: withMember(isJsonObject(inner) ? inner : {}, rest, value) }
}
