import { isJsonObject, type JsonObject } from '../../core/json.ts'
import type { Tool } from '../../ir/request.ts'
import type { Notes } from './notes.ts'

const TIERS_WITH_A_NAME: ReadonlySet<unknown> = new Set(['auto', 'default', 'flex', 'priority', 'fast'])

/** Notes the known top-level settings that the internal representation has no place for, each by what leaving it out would mean. */
export function noteSettings(body: JsonObject, tools: readonly Tool[], notes: Notes): void {
  noteAudio(body, notes)
  const { prediction, web_search_options: search, moderation, prompt_cache_retention: retention } = body
  // a speed hint
  if (isGiven(prediction)) notes.hint('prediction', prediction)
  // one hosted tool among others is an offer; on its own it is what the client came for
  if (isGiven(search)) note(notes, tools.length === 0, 'web_search_options', search)
  if (isGiven(moderation)) note(notes, blocks(moderation), 'moderation', moderation)
  if (isGiven(retention)) notes.hint('prompt_cache_retention', retention)
  const tier = body.service_tier
  if (isGiven(tier) && !TIERS_WITH_A_NAME.has(tier)) notes.hint('service_tier', tier)
  const { safety_identifier: identifier, user } = body
  if (isGiven(identifier) && isGiven(user) && user !== identifier) notes.hint('user', user)
  const options = body.stream_options
  if (isJsonObject(options) && options.include_obfuscation === true)
    notes.hint('stream_options.include_obfuscation', true)
}

function noteAudio({ modalities, audio }: JsonObject, notes: Notes): void {
  const isSpoken = Array.isArray(modalities) && modalities.some((modality) => modality !== 'text')
  if (isSpoken) notes.contract('modalities', modalities)
  if (isGiven(audio)) note(notes, isSpoken, 'audio', audio)
}

/** Blocking is a safety contract; scoring only tells more about the answer. */
function blocks(moderation: unknown): boolean {
  if (!isJsonObject(moderation) || !isJsonObject(moderation.policy)) return false
  const { input, output } = moderation.policy
  return [input, output].some((side) => isJsonObject(side) && side.mode === 'block')
}

function note(notes: Notes, isContract: boolean, path: string, value: unknown): void {
  if (isContract) notes.contract(path, value)
  else notes.hint(path, value)
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null
}
