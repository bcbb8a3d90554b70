import type { Command, Option } from 'commander'
import { listCommands, type PlacedCommand } from './command-tree.ts'

// Scripts that know every command and option by heart: completing starts no process. Each walks over the words so far and follows those that
// are commands; what they lead to decides what can come next.

/** The completion of a program for one shell, to be sourced there. */
export function completionScript(program: Command, shell: 'bash' | 'zsh' | 'fish'): string {
  const commands = listCommands(program)
  switch (shell) {
    case 'bash':
      return bash(program.name(), commands)
    case 'zsh':
      return zsh(program.name(), commands)
    case 'fish':
      return fish(program.name(), commands)
  }
}

function bash(name: string, commands: readonly PlacedCommand[]): string {
  return `# bash completion of ${name}
_${identifier(name)}() {
  local current="\${COMP_WORDS[COMP_CWORD]}" place="" i
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$place \${COMP_WORDS[i]}" in
      ${placesOf(commands)}) place="$place \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$place" in
${casesOf(commands, (words) => `COMPREPLY=($(compgen -W "${words}" -- "$current"))`)}
  esac
}
complete -o default -F _${identifier(name)} ${name}
`
}

function zsh(name: string, commands: readonly PlacedCommand[]): string {
  return `#compdef ${name}
_${identifier(name)}() {
  local place="" word
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$place $word" in
      ${placesOf(commands)}) place="$place $word" ;;
    esac
  done
  case "$place" in
${casesOf(commands, (words) => `compadd -- ${words}`)}
  esac
  [[ "\${words[CURRENT]}" == -* ]] || _files
}
if [ "$funcstack[1]" = "_${identifier(name)}" ]; then
  _${identifier(name)} "$@"
else
  compdef _${identifier(name)} ${name}
fi
`
}

function fish(name: string, commands: readonly PlacedCommand[]): string {
  const function_ = `__${identifier(name)}_at`
  const places = commands
    .filter(({ place }) => place.length > 0)
    .map(({ place }) => fishQuote(place.join(' ')))
  const lines = commands.flatMap(({ place, command }) => {
    const at = `complete -c ${name} -n ${fishQuote(`${function_} ${fishQuote(place.join(' '))}`)}`
    const children = command.commands.map(
      (child) => `${at} -f -a ${child.name()} -d ${fishQuote(child.description())}`,
    )
    return [...children, ...optionsOf(command).map((option) => `${at} ${fishOption(option)}`)]
  })
  return `# fish completion of ${name}
function ${function_}
  set -l place ''
  for word in (commandline -opc)[2..-1]
    set -l next (string trim -- "$place $word")
    if contains -- $next ${places.join(' ')}
      set place $next
    end
  end
  test "$place" = "$argv[1]"
end
${lines.join('\n')}
`
}

function fishOption({ long, short, required, description }: Option): string {
  const names = [long && `-l ${long.slice(2)}`, short && `-s ${short.slice(1)}`].filter(Boolean)
  return [...names, required ? '-r' : '', `-d ${fishQuote(description)}`].filter(Boolean).join(' ')
}

/** Patterns of a `case`: every command's place, a blank before each word. */
function placesOf(commands: readonly PlacedCommand[]): string {
  return commands
    .filter(({ place }) => place.length > 0)
    .map(({ place }) => `"${spaced(place)}"`)
    .join(' | ')
}

function casesOf(commands: readonly PlacedCommand[], action: (words: string) => string): string {
  return commands
    .map(({ place, command }) => `    "${spaced(place)}") ${action(wordsOf(command).join(' '))} ;;`)
    .join('\n')
}

function wordsOf(command: Command): string[] {
  const flags = optionsOf(command).flatMap(({ long }) => (long === undefined ? [] : [long]))
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? [])
  return [...command.commands.map((child) => child.name()), ...choices, ...flags]
}

/** Its own, help, and those that all commands have. */
function optionsOf(command: Command): readonly Option[] {
  const help = command.createHelp()
  return [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)]
}

function spaced(place: readonly string[]): string {
  return place.map((word) => ` ${word}`).join('')
}

function identifier(name: string): string {
  return name.replaceAll('-', '_')
}

function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
