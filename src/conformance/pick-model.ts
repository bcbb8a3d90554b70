import { exchange, type Server } from './exchange.ts'
import { isFilled, objectsAt } from './json-read.ts'

const FAMILIES = ['openai', 'anthropic', 'gemini'] as const

/**
 * The model to examine a server with: `simulated` where the server lists it, else the first of its list, which is asked for as clients of
 * each family do. Undefined where there is no list. Throws `NoAnswer`.
 */
export async function pickModel(server: Server): Promise<string | undefined> {
  for (const family of FAMILIES) {
    const names = await listModels(server, family)
    if (names.length > 0) return names.find((name) => name === 'simulated') ?? names[0]
  }
  return undefined
}

async function listModels(server: Server, family: (typeof FAMILIES)[number]): Promise<string[]> {
  const { status, json } = await exchange(server, { family, path: '/models' })
  if (status !== 200) return []
  return [...objectsAt(json, 'data'), ...objectsAt(json, 'models')]
    .map(({ id, name }) => id ?? name)
    .filter(isFilled)
    .map((name) => name.replace(/^models\//, ''))
}
