import { type Command, InvalidArgumentError } from 'commander'
import { FORMAT_NAMES, type FormatName } from '../../conformance/format.ts'
import { nearestName } from '../../core/nearest.ts'
import type { ConformanceOptions } from '../conformance-run.ts'
import type { CliContext } from '../context.ts'
import { parseSeconds } from '../parse-seconds.ts'

export function defineConformance(program: Command, context: CliContext): void {
  program
    .command('conformance')
    .description('examine a server, this gateway or any other, for what clients of its API formats rely on')
    .requiredOption('--base-url <address>', 'the server, with or without /v1')
    .option('--key <key>', "the key (default: LLM_GATEWAY_KEY); '' for a server that wants none")
    .option('--key-stdin', 'read the key from standard input')
    .option('--key-file <file>', 'read the key from a file')
    .option(
      '-m, --model <name>',
      'the model (default: simulated if the server lists it, else the first listed)',
    )
    .option(
      '--format <list>',
      `only these, which then have to be there: ${FORMAT_NAMES.join(', ')}`,
      parseFormats,
    )
    .option('--timeout <duration>', 'for each answer (default: 60s)', parseSeconds)
    .option('--concurrency <number>', 'how many requests at a time', parsePlaces, 2)
    .addHelpText('after', HELP)
    .action(async (_options: unknown, command: Command) => {
      const { examine } = await import('../conformance-run.ts')
      await examine(context, command.optsWithGlobals<ConformanceOptions>())
    })
}

const HELP = `
It asks the model some twenty short questions in each format, which a provider charges for. Exit code 1 if a check fails.
docs/testing.md describes the checks and what --json prints.

Examples:
  llm-gateway conformance --base-url http://127.0.0.1:8080 --key vk_demo
  llm-gateway conformance --base-url http://127.0.0.1:8000/v1 --key '' --model llama --format chat --json`

function parseFormats(text: string, before: readonly FormatName[] = []): readonly FormatName[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (names.length === 0) throw new InvalidArgumentError(`It must name some of ${FORMAT_NAMES.join(', ')}.`)
  const all = new Set([...before, ...names.map(readName)])
  return FORMAT_NAMES.filter((name) => all.has(name))
}

function readName(name: string): FormatName {
  const found = FORMAT_NAMES.find((known) => known === name)
  if (found !== undefined) return found
  const nearest = nearestName(name, FORMAT_NAMES)
  const hint = nearest === undefined ? `Formats are ${FORMAT_NAMES.join(', ')}.` : `Did you mean ${nearest}?`
  throw new InvalidArgumentError(`There is no format ${name}. ${hint}`)
}

function parsePlaces(text: string): number {
  const places = Number(text)
  if (!/^\d+$/.test(text) || places < 1 || places > 64)
    throw new InvalidArgumentError('It must be a whole number from 1 to 64.')
  return places
}
