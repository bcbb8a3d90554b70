import { InvalidArgumentError } from 'commander'
import { parseDuration } from '../core/duration.ts'

/** A duration of the command line, in milliseconds; commander makes what is thrown here the answer to a wrong call. */
export function parseSeconds(text: string): number {
  try {
    return parseDuration(text)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? `It ${error.message}.` : '')
  }
}
