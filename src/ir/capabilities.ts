import type { Effort } from './request.ts'

/** What one model accepts, as far as formats differ about it. Data: see `providers/models/`. */
export interface ModelCapabilities {
  /** `no`: rejects temperature, top_p, top_k. `without-reasoning`: accepts them while it does not reason. */
  readonly sampling: 'yes' | 'no' | 'without-reasoning'
  /** Rejects temperature and top_p together. */
  readonly samplesOneWay?: boolean
  readonly penalties: boolean
  readonly thinking: {
    /** How reasoning is asked for. */
    readonly style: 'adaptive' | 'budget' | 'level' | 'effort' | 'none'
    /** What `none` becomes: `disabled` switches it off; the others are the least that the model allows. */
    readonly least: 'disabled' | 'between-tools' | 'lowest'
    readonly efforts: readonly Effort[]
    /** The largest budget of thinking tokens that it takes. */
    readonly maxBudgetTokens?: number
  }
  /** May be made to call a tool. `emulate`: it may not, and is told to instead; see `dialects/forced-tool.ts`. */
  readonly forcedTools: 'yes' | 'no' | 'without-thinking' | 'emulate'
  readonly nativeSchema: boolean
  /** Structured output together with tools. */
  readonly schemaWithTools: boolean
  /** An assistant message may come last and is continued. */
  readonly prefill: boolean
  readonly midSystem: boolean
  /** Function tools work together with reasoning on Chat Completions. */
  readonly chatToolsWithReasoning: boolean
  /** Takes `max_completion_tokens`, not `max_tokens`. */
  readonly completionTokens: boolean
  readonly stopSequences: boolean
  readonly cacheBreakpoints: boolean
  /** Wants the signatures of its own function calls back. */
  readonly requiresSignatures: boolean
  /** Takes tools whose input is free text, and whatever else OpenAI added to Chat with them. */
  readonly customTools?: boolean
  /** Takes its thinking back among the content of Chat's messages (Mistral). */
  readonly thinkingInContent?: boolean
  /** Takes images and files inside the results of tools. */
  readonly toolResultMedia?: boolean
  readonly maxOutputTokens?: number
}

/** Some of it: what a provider, an account or a route says about whichever model is asked. */
export type CapabilityOverrides = Omit<Partial<ModelCapabilities>, 'thinking'> & {
  readonly thinking?: Partial<ModelCapabilities['thinking']>
}
