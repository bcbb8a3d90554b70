import { isJsonObject, type JsonObject } from '../core/json.ts'

/** Measured over prose, markup and code with the tokenizers of current models; they differ by a tenth. */
const CHARACTERS_PER_TOKEN = 3.4
/** What an ordinary picture or page costs; its bytes say nothing about it. */
const TOKENS_PER_MEDIUM = 1500
/** Roles, separators and the like. */
const TOKENS_PER_OBJECT = 2
const MIN_MEDIUM_LENGTH = 512

/**
 * About how many tokens a prompt has, in whichever format: its texts, names and schemas by length, media by count. For targets that cannot
 * count themselves; off by a tenth or two, which is enough to see a context window fill up.
 */
export function estimateTokens(body: JsonObject): number {
  const { model: _model, ...prompt } = body
  const total = { characters: 0, tokens: 0 }
  walk(prompt, total)
  return Math.ceil(total.characters / CHARACTERS_PER_TOKEN) + total.tokens
}

function walk(value: unknown, total: { characters: number; tokens: number }): void {
  if (typeof value === 'string') {
    if (isMedium(value)) total.tokens += TOKENS_PER_MEDIUM
    else total.characters += value.length
    return
  }
  if (Array.isArray(value)) {
    for (const entry of value) walk(entry, total)
    return
  }
  if (!isJsonObject(value)) {
    if (typeof value === 'number' || typeof value === 'boolean') total.characters += String(value).length
    return
  }
  total.tokens += TOKENS_PER_OBJECT
  for (const [key, member] of Object.entries(value)) {
    total.characters +=
      key === 'text' || key === 'content' || key === 'type' || key === 'role' ? 0 : key.length
    walk(member, total)
  }
}

/** Base64, bare or as a data URL: long, and without a single space. */
function isMedium(text: string): boolean {
  if (text.length < MIN_MEDIUM_LENGTH) return false
  return text.startsWith('data:') || /^[A-Za-z0-9+/_-]+={0,2}$/.test(text)
}
