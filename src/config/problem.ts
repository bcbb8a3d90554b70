/** One thing that is wrong with the configuration. No field ever holds a secret. */
export interface ConfigProblem {
  /** The file at fault; absent when it is the environment or the command line. */
  readonly file?: string
  /** Both count from 1. */
  readonly line?: number
  readonly column?: number
  /** The option, such as `server.port` or `gateway_keys[0].key_hash`; or the environment variable. */
  readonly path: string
  readonly message: string
  /** The name that was most likely meant. */
  readonly suggestion?: string
}

/** Something the operator should know that does not stop the gateway. */
export interface ConfigWarning {
  readonly code: 'file_readable_by_others' | 'key_declared_twice'
  readonly message: string
  readonly file?: string
}

/** The configuration cannot be used. `problems` has all that is wrong with it, `message` the same as readable lines. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly ConfigProblem[]

  constructor(problems: readonly ConfigProblem[]) {
    super(
      ['The configuration cannot be used:', ...problems.map((problem) => `  ${formatProblem(problem)}`)].join(
        '\n',
      ),
    )
    this.problems = problems
  }
}

/** Throws a {@link ConfigError} if there is any problem. */
export function throwIfAny(problems: readonly ConfigProblem[]): void {
  if (problems.length > 0) throw new ConfigError(problems.filter(isFirstAtItsPlace).toSorted(inReadingOrder))
}

/** What else is wrong at the same place mostly follows from the first. */
function isFirstAtItsPlace(problem: ConfigProblem, index: number, all: readonly ConfigProblem[]): boolean {
  const isSamePlace = ({ file, path }: ConfigProblem) => file === problem.file && path === problem.path
  return problem.path === '' || all.findIndex(isSamePlace) === index
}

/** By line within a file; otherwise as found. */
function inReadingOrder(one: ConfigProblem, other: ConfigProblem): number {
  if (one.file === undefined || one.file !== other.file) return 0
  return (one.line ?? 0) - (other.line ?? 0) || (one.column ?? 0) - (other.column ?? 0)
}

/** `file:line:column path: message (did you mean "name"?)`, without the parts that are not known. */
export function formatProblem(problem: ConfigProblem): string {
  const { file, line, column, path, message, suggestion } = problem
  const place = [file, line, column].filter((part) => part !== undefined).join(':')
  const where = [place, path].filter((part) => part !== '').join(' ')
  return `${where === '' ? '' : `${where}: `}${message}${suggestion === undefined ? '' : ` (did you mean "${suggestion}"?)`}`
}

/** The path of an option as people write it: `server.port`, `gateway_keys[0].id`, `providers["my server"].base_url`. */
export function formatPath(path: readonly PropertyKey[]): string {
  const parts = path.map((segment) => {
    if (typeof segment === 'number') return `[${segment}]`
    return /^[\w-]+$/.test(String(segment)) ? `.${String(segment)}` : `[${JSON.stringify(String(segment))}]`
  })
  return parts.join('').replace(/^\./, '')
}
