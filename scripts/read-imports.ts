import { parseSync, Visitor } from 'oxc-parser'

/** One import, export-from, dynamic import or `import('…')` type of a file. */
export interface ImportSite {
  /** As written: `../core/errors.ts`, `node:fs`, `zod`. Undefined for a dynamic import of a computed name. */
  readonly specifier: string | undefined
  /** Counted from 1. */
  readonly line: number
}

/** TypeScript source to all of its imports, in order, type-only ones included. Throws if it cannot be parsed. */
export function readImports(path: string, source: string): ImportSite[] {
  const { program, errors } = parseSync(path, source)
  const [error] = errors
  if (error !== undefined) throw new Error(`${path}: ${error.message}`)

  const sites: { specifier: string | undefined; start: number }[] = []
  const add = (node: { start: number }, from: { type: string; value?: unknown }): void => {
    sites.push({ specifier: typeof from.value === 'string' ? from.value : undefined, start: node.start })
  }
  const visitor = new Visitor({
    ImportDeclaration: (node) => add(node, node.source),
    ExportAllDeclaration: (node) => add(node, node.source),
    ExportNamedDeclaration: (node) => {
      if (node.source !== null) add(node, node.source)
    },
    ImportExpression: (node) => add(node, node.source),
    TSImportType: (node) => add(node, node.source),
  })
  visitor.visit(program)
  return sites
    .sort((a, b) => a.start - b.start)
    .map(({ specifier, start }) => ({ specifier, line: source.slice(0, start).split('\n').length }))
}
