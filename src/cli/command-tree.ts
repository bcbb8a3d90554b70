import type { Command } from 'commander'

/** A command, and where it stands: `['apikey', 'add']`; the program itself stands at `[]`. */
export interface PlacedCommand {
  readonly place: readonly string[]
  readonly command: Command
}

/** Every command below a program in the order of its help, the program itself first. */
export function listCommands(command: Command, place: readonly string[] = []): PlacedCommand[] {
  const below = command.createHelp().visibleCommands(command)
  const named = below.filter((child) => child.name() !== 'help')
  return [{ place, command }, ...named.flatMap((child) => listCommands(child, [...place, child.name()]))]
}
