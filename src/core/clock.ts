/** A reading of the wall clock: milliseconds since the epoch, UTC. Passed in, so that decisions stay pure. */
export type Clock = () => number
