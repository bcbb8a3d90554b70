import type { Behaviour } from './models.ts'
import type { Playback } from './playback.ts'
import type { Pace } from './stream-plan.ts'

/** What a whole body will do on its connection. The content length is that of the whole body, also where it is cut. */
export interface WholePlan {
  readonly contentLength: number
  readonly playback: Playback
}

export function planWhole(body: string, behaviour: Behaviour, { slowFirstTokenMs }: Pace): WholePlan {
  const half = body.slice(0, Math.ceil(body.length / 2))
  const contentLength = Buffer.byteLength(body)
  const once = (text: string, ending: Playback['ending'], waitMs = 0): WholePlan => {
    return { contentLength, playback: { steps: [{ text, waitMs }], ending } }
  }
  switch (behaviour) {
    case 'cut':
      return once(half, 'destroy')
    case 'cut-early':
      return { contentLength, playback: { steps: [], ending: 'destroy' } }
    case 'stall':
      return once(half, 'hang')
    case 'malformed':
      return { ...once(half, 'end'), contentLength: Buffer.byteLength(half) }
    case 'slow-first-token':
      return once(body, 'end', slowFirstTokenMs)
    default:
      return once(body, 'end')
  }
}
