import type { Command } from 'commander'
import { listCommands, type PlacedCommand } from './command-tree.ts'

/** `docs/cli.md`: every command with what it does and the examples of its help, below an introduction by example. */
export function renderCommandLine(program: Command): string {
  const commands = listCommands(program).filter(({ place }) => place.length > 0)
  const tops = commands.filter(({ place }) => place.length === 1)
  return [INTRODUCTION, ...tops.map((top) => renderTop(program.name(), top, commands)), ''].join('\n')
}

function renderTop(name: string, top: PlacedCommand, commands: readonly PlacedCommand[]): string {
  const below = commands.filter(({ place }) => place.length > 1 && place[0] === top.place[0])
  const leaves = below.length === 0 ? [top] : below
  const rows = leaves.map((leaf) => [`\`${usageOf(leaf)}\``, cell(leaf.command.description())])
  const examples = [...new Set(leaves.flatMap(({ command }) => examplesOf(command, name)))]
  return [
    `\n## ${top.place[0]}\n`,
    ...(below.length === 0 ? [] : [`${capitalised(top.command.description())}.\n`]),
    table(['command', 'what it does'], rows),
    '```sh',
    ...examples,
    '```',
  ].join('\n')
}

function usageOf({ place, command }: PlacedCommand): string {
  const names = command.registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? '…' : '')
    return argument.required ? `<${name}>` : `[${name}]`
  })
  return [...place, ...names].join(' ')
}

/** The lines of the examples in a command's help. */
function examplesOf(command: Command, name: string): string[] {
  let help = ''
  command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
  const [, after = ''] = help.split(/^Examples?:$/m)
  return after
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.includes(name))
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((title, column) =>
    Math.max(...[title, ...rows.map((row) => row[column] ?? '')].map(({ length }) => length)),
  )
  const line = (cells: readonly string[]) =>
    `| ${cells.map((text, column) => text.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`
  return `${[line(header), rule, ...rows.map(line)].join('\n')}\n`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

const INTRODUCTION = `# Command line

Written by \`npm run docs\`. \`llm-gateway <command> --help\` has every flag. In a clone, write \`npx llm-gateway\`.

\`\`\`sh
llm-gateway init                                                            # a config file of comments; optional
llm-gateway upstream add --provider=anthropic --name=prod --key-stdin < key.txt
llm-gateway upstream test prod                                              # a few tokens, and what is wrong if anything is
llm-gateway apikey add --name=team-api                                      # prints the key this once
llm-gateway server start
curl http://127.0.0.1:8080/v1/chat/completions -H "Authorization: Bearer $KEY" -H 'content-type: application/json' \\
  -d '{"model": "claude-haiku-4-5", "messages": [{"role": "user", "content": "Hello"}]}'
\`\`\`

- Commands work on the store themselves, whether a gateway runs or not; one that runs notices within a second. Which store that is says the
  configuration: that of \`--config\`, else of the gateway that runs with our folder. If it is reached by \`DATABASE_URL\`, set that for commands too.
- Where an id is asked for, the unique name does as well (routes have none). What a file declares is shown, and changed in that file.
- \`--json\` prints data for scripts, \`--quiet\` only the new key or id, or nothing. Questions are asked at a terminal only; \`--yes\` answers them.
- Secrets come from \`--key-stdin\` or \`--key-file\`; \`--key\` works too, but stands in the shell's history.
- Exit codes: 0 ok, 1 failed, 2 wrong usage.`
