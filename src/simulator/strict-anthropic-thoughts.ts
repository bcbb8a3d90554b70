import { type JsonObject, textOf } from './json.ts'
import { invalid, type Problem } from './problem.ts'
import { blocksOf } from './read-anthropic.ts'
import { readMinted, sealNumber } from './reply.ts'
import { numberOfSeal } from './signature.ts'
import { PONDERED_CALL_PREFIX } from './write-anthropic.ts'

/**
 * While the model waits for results, its thinking must come back as it was and where it was, or not at all: then it goes on without.
 * @see https://platform.claude.com/docs/en/build-with-claude/extended-thinking#preserving-thinking-blocks
 */
export function checkThoughts(messages: readonly JsonObject[]): Problem | undefined {
  const isWaiting = blocksOf(messages.at(-1)?.content).some(({ type }) => type === 'tool_result')
  if (!isWaiting) return undefined
  const blocks = blocksOf(messages.at(-2)?.content)
  if (!blocks.some(isThought)) return undefined
  const wrong = blocks.findIndex((block, index) => !hasItsThought(block, blocks[index - 1]))
  if (wrong < 0) return undefined
  return invalid(
    `messages.${messages.length - 2}.content.${wrong}: \`thinking\` or \`redacted_thinking\` blocks in the latest assistant message cannot be modified. These blocks must remain as they were in the original response.`,
  )
}

function hasItsThought(block: JsonObject, before: JsonObject | undefined): boolean {
  const minted = block.type === 'tool_use' ? readMinted(PONDERED_CALL_PREFIX, textOf(block.id)) : undefined
  if (minted === undefined) return true
  if (before === undefined || !isThought(before)) return false
  const seal = textOf(before.signature ?? before.data)
  return numberOfSeal(seal) === sealNumber(minted.number, minted.index - 1)
}

function isThought({ type }: JsonObject): boolean {
  return type === 'thinking' || type === 'redacted_thinking'
}
