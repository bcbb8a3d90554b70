import type { EncodeTarget } from '../../ir/conversion.ts'
import type { ChatRequest } from '../../ir/request.ts'
import type { Report } from '../report.ts'
import type { ToolNames } from '../tool-names.ts'
import type { CacheWriter } from './cache-control.ts'

/** What everything that takes part in encoding one request shares. */
export interface Encoding {
  readonly request: ChatRequest
  readonly target: EncodeTarget
  readonly report: Report
  readonly names: ToolNames
  readonly cache: CacheWriter
  /** What has been reported once and needs no second mention. */
  readonly told: Set<string>
}

/** Reports an approximation the first time only: what is true of one message is true of dozens. */
export function approximateOnce(encoding: Encoding, path: string, reason: string): void {
  if (encoding.told.has(reason)) return
  encoding.told.add(reason)
  encoding.report.approximate(path, reason)
}

/** The same for what the model could not have used anyway. */
export function tellHarmlessOnce(encoding: Encoding, path: string, reason: string): void {
  if (encoding.told.has(reason)) return
  encoding.told.add(reason)
  encoding.report.tellHarmless('approximated', path, reason)
}

/** The same for something that is left out. */
export function dropOnce(encoding: Encoding, path: string, reason: string): void {
  if (encoding.told.has(reason)) return
  encoding.told.add(reason)
  encoding.report.drop(path, reason)
}
