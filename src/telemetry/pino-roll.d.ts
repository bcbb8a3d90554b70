/** pino-roll ships no types; these are the options we use. @see https://github.com/mcollina/pino-roll */
declare module 'pino-roll' {
  import type { destination } from 'pino'

  interface RollOptions {
    readonly file: string
    /** A number with a unit: `1048576b`, `10m`. */
    readonly size: string
    /** `count` files are kept beside the one being written; `removeOtherLogFiles` includes those of earlier runs. */
    readonly limit: { readonly count: number; readonly removeOtherLogFiles: boolean }
    readonly mkdir: boolean
    /** Of new files. */
    readonly mode: number
    readonly minLength: number
    readonly maxLength: number
    readonly maxWrite: number
  }

  export default function roll(options: RollOptions): Promise<ReturnType<typeof destination>>
}
