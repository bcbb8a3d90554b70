/** Where a target finds itself: its port, its upstream, and a folder of its own. */
export interface Site {
  readonly port: number
  /** Origin of the simulated provider. */
  readonly upstream: string
  readonly folder: string
}
