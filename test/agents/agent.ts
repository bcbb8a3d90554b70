/** What one run of an agent is given. All paths are in a temporary folder of the run. */
export interface AgentRun {
  readonly gatewayUrl: string
  readonly key: string
  readonly model: string
  /** Becomes HOME: no settings, sessions or credentials of this machine are seen or touched. */
  readonly home: string
  /** The agent's working folder; it holds `note.txt`. */
  readonly workspace: string
}

/** How to start an agent so that it answers one prompt and ends. */
export interface AgentCommand {
  /** Below the folder that the packages are installed in. */
  readonly program: string
  readonly args: readonly string[]
  /** All that it gets, besides PATH and HOME. */
  readonly environment: Readonly<Record<string, string>>
}

/** A coding agent from npm. */
export interface Agent {
  readonly id: string
  /** Its row in the table, where the agent runs in more than one way. */
  readonly mode?: string
  readonly package: string
  readonly version: string
  /** The model it is told to use, where it is not the upstream's own. */
  readonly model?: string
  /** Which upstream formats it is run against; all where undefined. */
  readonly upstreams?: readonly string[]
  /** The built-in tool that reads `note.txt`, by name, with its arguments. */
  steering(run: AgentRun): Readonly<Record<string, Record<string, unknown>>>
  /** Files below `home` that configure it. */
  files(run: AgentRun): Readonly<Record<string, string>>
  command(run: AgentRun, prompt: string): AgentCommand
}
