import { createHash } from 'node:crypto'
import type { ToolName } from '../ir/conversion.ts'
import type { ChatRequest, Tool } from '../ir/request.ts'
import { placeOfTool } from './places.ts'
import type { Report } from './report.ts'

/** How one format wants its tools named. */
export interface NameRule {
  readonly isLegal: (name: string) => boolean
  readonly maxLength: number
}

/** OpenAI and Anthropic alike. @see https://platform.openai.com/docs/api-reference/chat/create (`tools`) */
export const STRICT_NAMES: NameRule = { isLegal: (name) => /^[a-zA-Z0-9_-]{1,64}$/.test(name), maxLength: 64 }
/** @see https://ai.google.dev/api/caching#FunctionDeclaration */
export const GEMINI_NAMES: NameRule = {
  isLegal: (name) => /^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$/.test(name),
  maxLength: 128,
}

/** Two-way names of a request's tools: what the upstream hears, and what the client said. */
export interface ToolNames {
  /** The upstream's name for a tool of the client's. Tools that only history knows are renamed by the same rule. */
  encode(name: string, namespace?: string): string
  /** The upstream's names that differ from the client's, or whose tools were wrapped. */
  readonly changed: ReadonlyMap<string, ToolName>
}

/**
 * Names every tool of the request legally for the target. A name that has to change keeps its beginning and gets a suffix made of
 * its hash, so that it is the same in every turn and never collides.
 */
export function nameTools(request: ChatRequest, rule: NameRule, report: Report): ToolNames {
  const changed = new Map<string, ToolName>()
  const ambiguous = ambiguousNames(request.tools)
  const encode = (name: string, namespace?: string) => legalName(name, namespace, { rule, ambiguous })
  for (const tool of request.tools) {
    if (tool.type === 'hosted') continue
    const { namespace } = tool
    const encoded = encode(tool.name, namespace)
    const isWrappedCustom = tool.type === 'custom'
    if (encoded === tool.name && namespace === undefined && !isWrappedCustom) continue
    changed.set(encoded, clientName(tool, namespace, isWrappedCustom))
    if (encoded !== tool.name)
      report.approximate(placeOfTool(request, tool, 'name'), `renamed to ${encoded} for the upstream`)
  }
  return { encode, changed }
}

function clientName(
  tool: Exclude<Tool, { type: 'hosted' }>,
  namespace: string | undefined,
  isWrappedCustom: boolean,
): ToolName {
  return {
    name: tool.name,
    ...(namespace !== undefined && { namespace }),
    ...(isWrappedCustom && { isWrappedCustom }),
  }
}

/** Names that more than one tool has once its namespace is written before its own name. */
function ambiguousNames(tools: readonly Tool[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const ambiguous = new Set<string>()
  for (const tool of tools) {
    if (tool.type === 'hosted') continue
    const full = fullName(tool.name, tool.namespace)
    if (seen.has(full)) ambiguous.add(full)
    seen.add(full)
  }
  return ambiguous
}

function fullName(name: string, namespace: string | undefined): string {
  return namespace === undefined ? name : `${namespace}__${name}`
}

function legalName(
  name: string,
  namespace: string | undefined,
  { rule, ambiguous }: { readonly rule: NameRule; readonly ambiguous: ReadonlySet<string> },
): string {
  const full = fullName(name, namespace)
  const isAmbiguous = namespace !== undefined && ambiguous.has(full)
  if (rule.isLegal(full) && !isAmbiguous) return full
  const told = isAmbiguous ? `${namespace}\n${name}` : full
  const hash = createHash('sha256').update(told).digest('hex').slice(0, 8)
  const cleaned = full.replace(/[^a-zA-Z0-9_-]/g, '_').replace(/^[^a-zA-Z_]/, '_')
  return `${cleaned.slice(0, rule.maxLength - hash.length - 1)}_${hash}`
}
