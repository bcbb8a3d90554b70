import type * as z from 'zod'
import type { ProviderConfig } from './config.ts'
import { parseJson } from './json-source.ts'
import type { ConfigProblem } from './problem.ts'
import { servicesFileSchema } from './schema.ts'
import { readText } from './source-file.ts'
import { validateSource } from './validate.ts'

/** What clients of the earlier gateway wrote after the base URL: the endpoint of one dialect. */
const ENDPOINT = /\/(?:chat\/completions|completions|responses|messages|models(?:\/.*)?)$/

export interface ServicesFile {
  readonly providers: Readonly<Record<string, ProviderConfig>>
  readonly problems: readonly ConfigProblem[]
}

/**
 * `aiservices.json`: where each provider is reached. Its values may be whole endpoints
 * (`https://api.openai.com/v1/chat/completions`); the part after the base URL is cut off.
 * A file that does not exist gives undefined.
 */
export async function readServicesFile(file: string): Promise<ServicesFile | undefined> {
  const { text, problems } = await readText(file)
  if (problems.length > 0) return { providers: {}, problems }
  if (text === undefined) return undefined
  const parsed = parseJson(file, text)
  if (parsed.source === undefined || parsed.problems.length > 0)
    return { providers: {}, problems: parsed.problems }
  const { data, problems: faults } = validateSource(servicesFileSchema, parsed.source)
  return { providers: data ? toProviders(data) : {}, problems: faults }
}

function toProviders(data: z.output<typeof servicesFileSchema>): Record<string, ProviderConfig> {
  const entries = Object.entries(data)
  return Object.fromEntries(entries.map(([id, url]) => [id, { baseUrl: url.replace(ENDPOINT, '') }]))
}
