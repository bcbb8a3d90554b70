/** How much is measured. The default keeps the whole run within five minutes, `--quick` within 40 seconds. */
export interface Scale {
  readonly warmUpMs: number
  readonly cpu: {
    readonly lots: number
    readonly warmUpRequests: number
    readonly roundsPerLot: number
    readonly slotMs: number
  }
  readonly latency: { readonly rounds: number; readonly requests: number; readonly streams: number }
  readonly stream: { readonly rounds: number; readonly pacedStreams: number; readonly largeStreams: number }
  readonly memory: { readonly rounds: number; readonly streams: number; readonly restMs: number }
  readonly start: { readonly rounds: number; readonly restMs: number }
}

export const DEFAULT_SCALE: Scale = {
  warmUpMs: 1000,
  cpu: { lots: 3, warmUpRequests: 15_000, roundsPerLot: 4, slotMs: 600 },
  latency: { rounds: 5, requests: 400, streams: 80 },
  stream: { rounds: 4, pacedStreams: 24, largeStreams: 18 },
  memory: { rounds: 2, streams: 1000, restMs: 1000 },
  start: { rounds: 3, restMs: 1200 },
}

export const QUICK_SCALE: Scale = {
  warmUpMs: 300,
  cpu: { lots: 1, warmUpRequests: 5000, roundsPerLot: 3, slotMs: 300 },
  latency: { rounds: 2, requests: 120, streams: 12 },
  stream: { rounds: 1, pacedStreams: 12, largeStreams: 6 },
  memory: { rounds: 1, streams: 1000, restMs: 200 },
  start: { rounds: 1, restMs: 500 },
}
