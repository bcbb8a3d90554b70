import { type SseEvent, writeSseEvent } from '../wire/sse-event.ts'
import type { Conversion } from './conversion.ts'
import type { Exchange } from './exchange.ts'

/** Puts together for the log what a converted stream shows the client: nothing where bodies are not kept. */
export interface ShownAnswer {
  add(event: SseEvent): void
  /** Leaves what came so far with the exchange. */
  keep(): void
}

const NOTHING: ShownAnswer = { add: () => {}, keep: () => {} }

export function createShownAnswer(exchange: Exchange, { clientDialect }: Conversion): ShownAnswer {
  if (!exchange.keepsBodies) return NOTHING
  const reader = clientDialect.createStreamReader({ keepsAnswer: true })
  return {
    add: (event) => void reader.read(Buffer.from(writeSseEvent(event))),
    keep: () => {
      exchange.responseBody = reader.answer()
    },
  }
}
