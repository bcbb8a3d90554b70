import type { OptionInfo } from './catalogue.ts'
import type { ConfigProblem } from './problem.ts'
import { isSame } from './spellings.ts'
import { validateValue } from './validate.ts'

/** One option that the environment sets. */
export interface EnvironmentSetting {
  readonly path: readonly string[]
  readonly variable: string
  readonly value: string
}

/** A variable's value without blanks around it; undefined if it is not set or empty, as `docker compose` leaves many. */
export function readVariable(environment: NodeJS.ProcessEnv, variable: string): string | undefined {
  return environment[variable]?.trim() || undefined
}

/** What the environment says about these options, and what is wrong with it. Problems name variables, never values. */
export function readEnvironment(
  environment: NodeJS.ProcessEnv,
  options: readonly OptionInfo[],
): { settings: EnvironmentSetting[]; problems: ConfigProblem[] } {
  const settings: EnvironmentSetting[] = []
  const problems: ConfigProblem[] = []
  for (const { path, schema, meta } of options) {
    const given = variablesSet(environment, meta.environment ?? [])
    problems.push(
      ...given.flatMap(({ variable, value }) => problemWith(variable, validateValue(schema, value))),
    )
    const [first, ...others] = given
    if (first === undefined) continue
    const different = others.find(({ value }) => !isSame(schema, first.value, value))
    if (different) problems.push(contradiction(first.variable, different.variable))
    settings.push({ path, ...first })
  }
  return { settings, problems }
}

/** Those of several variables that are set, in order. */
export function variablesSet(environment: NodeJS.ProcessEnv, variables: readonly string[]) {
  return variables.flatMap((variable) => {
    const value = readVariable(environment, variable)
    return value === undefined ? [] : [{ variable, value }]
  })
}

/** The problem of two variables that mean one thing and hold different values. */
export function contradiction(first: string, second: string): ConfigProblem {
  return {
    path: `${first}, ${second}`,
    message:
      'these environment variables are two spellings of one setting, but their values differ; unset one',
  }
}

function problemWith(
  variable: string,
  fault: { message: string; suggestion?: string } | undefined,
): ConfigProblem[] {
  return fault ? [{ path: `environment variable ${variable}`, ...fault }] : []
}
