import { expect, test } from 'vitest'
import { readImports } from './read-imports.ts'

test('every way to import is seen, with its line', () => {
  const source = `import a from './a.ts'
import type { B } from './b.ts'
import {
  c,
} from './c.ts'
import './d.ts'
export * from './e.ts'
export { f } from './f.ts'
const g = await import('./g.ts')
type H = import('./h.ts').H
type I = typeof import('./i.ts')
`
  expect(readImports('x.ts', source)).toEqual([
    { specifier: './a.ts', line: 1 },
    { specifier: './b.ts', line: 2 },
    { specifier: './c.ts', line: 3 },
    { specifier: './d.ts', line: 6 },
    { specifier: './e.ts', line: 7 },
    { specifier: './f.ts', line: 8 },
    { specifier: './g.ts', line: 9 },
    { specifier: './h.ts', line: 10 },
    { specifier: './i.ts', line: 11 },
  ])
})

test('an import in a comment, a string or a template is none', () => {
  const source =
    "// import './a.ts'\nconst b = \"import './b.ts'\"\nconst c = `import('./c.ts')`\nexport const d = 1"
  expect(readImports('x.ts', source)).toEqual([])
})

test('a computed name is seen, though it cannot be checked', () => {
  expect(readImports('x.ts', 'const a = await import(name)')).toEqual([{ specifier: undefined, line: 1 }])
})

test('a file that does not parse is an error, not a file without imports', () => {
  expect(() => readImports('x.ts', 'import { from')).toThrow(/^x\.ts: /)
})
