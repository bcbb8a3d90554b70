import type { Subject } from './targets.ts'

const said = new Set<string>()

/**
 * Does a part of the measuring. Where a peer cannot do what it is asked for, that part is left out and stderr says why, once; a
 * failure of anything of ours is passed on.
 */
export async function unlessPeerFails({ group }: Subject, measure: () => Promise<void>): Promise<void> {
  try {
    await measure()
  } catch (error) {
    if (group !== 'peer') throw error
    const message = `left out: ${error instanceof Error ? error.message : String(error)}`
    if (!said.has(message)) console.error(message)
    said.add(message)
  }
}
