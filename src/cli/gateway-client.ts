import { get as getHttp } from 'node:http'
import { get as getHttps } from 'node:https'
import * as z from 'zod'
import { localUrl } from './example-call.ts'
import { CommandFailure, errorCodeOf, messageOf } from './failure.ts'

const TIMEOUT_MS = 5000
const MAX_BYTES = 1024 * 1024

const Health = z.object({
  status: z.enum(['healthy', 'degraded', 'unhealthy']),
  timestamp: z.string(),
  providers: z.record(
    z.string(),
    z.object({
      healthy: z.boolean(),
      online: z.boolean().nullable(),
      url: z.string(),
      latency_ms: z.number().nullable(),
      checked_at: z.string().nullable(),
      circuit: z.string(),
    }),
  ),
})

/** What a gateway answers to `GET /health`. */
export type HealthReport = Readonly<z.output<typeof Health>>

/** Asks a gateway how it is. Throws a CommandFailure where no gateway answers. */
export async function fetchHealth(url: string): Promise<HealthReport> {
  const body = await getText(url, '/health').catch((error: unknown) => {
    throw unreachable(url, error)
  })
  const report = Health.safeParse(parse(body))
  if (report.success) return report.data
  throw new CommandFailure(`What answers at ${url} is not an LLM gateway.`)
}

/** Whether something answers there as a live gateway does. */
export async function isLive(url: string): Promise<boolean> {
  return await getText(url, '/health/live').then(
    (body) => body.includes('live'),
    () => false,
  )
}

/** The failure of a command that needs a gateway where none answers. */
export function unreachable(url: string, cause: unknown): CommandFailure {
  const reason = errorCodeOf(cause) ?? messageOf(cause)
  const hint = 'Start one with "llm-gateway server start", or name another with --url.'
  return new CommandFailure(`No gateway answers at ${url} (${reason}). ${hint}`, undefined, { cause })
}

/** Only what needs no key is asked this way, so that a certificate for another name than loopback's does not matter. */
function getText(base: string, path: string): Promise<string> {
  const url = new URL(localUrl(base).replace(/\/+$/, '') + path)
  const signal = AbortSignal.timeout(TIMEOUT_MS)
  return new Promise((resolve, reject) => {
    const get = url.protocol === 'https:' ? getHttps : getHttp
    const request = get(url, { signal, agent: false, rejectUnauthorized: false }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => {
        body += chunk
        if (body.length > MAX_BYTES) request.destroy(new Error('it answers without end'))
      })
      response.on('end', () => resolve(body))
      response.on('error', reject)
    })
    request.on('error', reject)
  })
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
