import type { EncodeTarget } from '../../ir/conversion.ts'
import type { ChatRequest } from '../../ir/request.ts'
import type { Report } from '../report.ts'
import type { ToolNames } from '../tool-names.ts'
import type { CachePoints } from './cache-points.ts'

/** What everything that takes part in encoding one request shares. */
export interface Encoding {
  readonly request: ChatRequest
  readonly target: EncodeTarget
  readonly report: Report
  readonly names: ToolNames
  readonly cache: CachePoints
  /** What has been reported once and needs no second mention. */
  readonly told: Set<string>
  /** Names of documents so far, in lower case: no two of a request may be the same. */
  readonly documentNames: Set<string>
}

/** What the request asks for, as far as the model can write that much. */
export function outputLimit({ request, target }: Encoding): number | undefined {
  const { maxOutputTokens: asked } = request
  const most = target.capabilities.maxOutputTokens ?? Number.POSITIVE_INFINITY
  return asked === undefined ? undefined : Math.min(asked, most)
}

/** Reports an approximation the first time only: what is true of one message is true of dozens. */
export function approximateOnce({ told, report }: Encoding, path: string, reason: string): void {
  if (told.has(reason)) return
  told.add(reason)
  report.approximate(path, reason)
}

/** The same for what the model could not have used anyway. */
export function tellHarmlessOnce({ told, report }: Encoding, path: string, reason: string): void {
  if (told.has(reason)) return
  told.add(reason)
  report.tellHarmless('approximated', path, reason)
}

/** The same for something that is left out. */
export function dropOnce({ told, report }: Encoding, path: string, reason: string): void {
  if (told.has(reason)) return
  told.add(reason)
  report.drop(path, reason)
}
