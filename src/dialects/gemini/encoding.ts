import type { EncodeTarget } from '../../ir/conversion.ts'
import type { ChatRequest } from '../../ir/request.ts'
import type { Report } from '../report.ts'
import type { ToolNames } from '../tool-names.ts'

/** What every step of encoding one request shares. */
export interface Encoding {
  readonly request: ChatRequest
  readonly target: EncodeTarget
  readonly names: ToolNames
  readonly report: Report
  /** Reports an approximation the first time that it is named: once per request says enough. */
  approximateOnce(path: string, reason: string): void
  /** The same for what Gemini could not have used anyway. */
  tellHarmlessOnce(path: string, reason: string): void
}

export function createEncoding(
  request: ChatRequest,
  target: EncodeTarget,
  names: ToolNames,
  report: Report,
): Encoding {
  const reported = new Set<string>()
  return {
    request,
    target,
    names,
    report,
    approximateOnce(path, reason) {
      if (reported.has(reason)) return
      reported.add(reason)
      report.approximate(path, reason)
    },
    tellHarmlessOnce(path, reason) {
      if (reported.has(reason)) return
      reported.add(reason)
      report.tellHarmless('approximated', path, reason)
    },
  }
}
