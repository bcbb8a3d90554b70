import { parseArgs } from 'node:util'
import { SECTIONS, type Section } from './figures.ts'
import { namesOf, TARGETS } from './targets.ts'

export interface BenchOptions {
  readonly isQuick: boolean
  readonly isJson: boolean
  readonly sections: readonly Section[]
  /** Names of targets besides the default ones. */
  readonly targets: readonly string[]
  readonly profileFolder: string | undefined
}

const USAGE = `usage: npm run bench -- [options]

  --quick            fewer and shorter rounds: a glance, within 40 seconds
  --only <list>      of ${SECTIONS.join(', ')}
  --target <list>    also measure: ${namesOf(TARGETS.filter(({ group }) => group === 'optional'))}
  --peer <list>      also measure, installed from npm for this run: ${namesOf(TARGETS.filter(({ group }) => group === 'peer'))}
  --cpu-prof <dir>   every proxy writes a CPU profile there (open it in Chrome DevTools); figures are then worthless
  --json             figures as JSON on stdout

example: npm run bench -- --quick --only cpu,latency`

/** The command line, or the text to print instead: what the options are, or what is wrong with those given. */
export function readOptions(
  args: string[],
): BenchOptions | { readonly text: string; readonly exitCode: 0 | 2 } {
  try {
    const { values } = parseArgs({
      args,
      options: {
        quick: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        only: { type: 'string', multiple: true, default: [] },
        target: { type: 'string', multiple: true, default: [] },
        peer: { type: 'string', multiple: true, default: [] },
        'cpu-prof': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    })
    if (values.help) return { text: USAGE, exitCode: 0 }
    return {
      isQuick: values.quick,
      isJson: values.json,
      sections: sectionsOf(splitLists(values.only)),
      targets: targetsOf(splitLists([...values.target, ...values.peer])),
      profileFolder: values['cpu-prof'],
    }
  } catch (error) {
    return { text: `${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`, exitCode: 2 }
  }
}

function splitLists(values: readonly string[]): string[] {
  return values.flatMap((value) => value.split(',')).filter((name) => name !== '')
}

function sectionsOf(names: readonly string[]): readonly Section[] {
  for (const name of names)
    if (!SECTIONS.some((section) => section === name)) throw new Error(`There is no section "${name}".`)
  return names.length === 0 ? SECTIONS : SECTIONS.filter((section) => names.includes(section))
}

function targetsOf(names: readonly string[]): readonly string[] {
  for (const name of names)
    if (!TARGETS.some((target) => target.name === name)) throw new Error(`There is no target "${name}".`)
  return names
}
