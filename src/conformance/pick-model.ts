import { type Exchange, exchange, type Server } from './exchange.ts'
import { isFilled, objectsAt } from './json-read.ts'

const FAMILIES = ['openai', 'anthropic', 'gemini'] as const

/**
 * The model to examine a server with: `simulated` where the server lists it, else the first of its list that sounds like one to talk to. Lists
 * are asked for as clients of each family do. Without one, what the addresses answered, in the order of asking. Throws `NoAnswer`.
 */
export async function pickModel(server: Server): Promise<string | readonly Exchange[]> {
  const answers: Exchange[] = []
  for (const family of FAMILIES) {
    const answer = await exchange(server, { family, path: '/models' })
    const names = namesIn(answer)
    const name = names.find((listed) => listed === 'simulated') ?? names.find(mayConverse) ?? names[0]
    if (name !== undefined) return name
    answers.push(answer)
  }
  return answers
}

/** Lists name models of all kinds, and few say which is which. */
function mayConverse(name: string): boolean {
  return !/embed|rerank|moderation|whisper|transcri|tts|speech|dall-e|image|imagen|veo|sora|aqa/i.test(name)
}

function namesIn({ status, json }: Exchange): string[] {
  if (status !== 200) return []
  return [...objectsAt(json, 'data'), ...objectsAt(json, 'models')]
    .map(({ id, name }) => id ?? name)
    .filter(isFilled)
    .map((name) => name.replace(/^models\//, ''))
}
