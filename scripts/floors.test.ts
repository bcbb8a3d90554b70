import { describe, expect, test } from 'vitest'
import { checkFloors, type SourceTree } from './floors.ts'

const problemsOf = (tree: SourceTree): readonly string[] =>
  checkFloors(tree, ['zod', '@fastify/cors']).problems

describe('in order', () => {
  test('lower floors, the own folder and listed packages may be imported', () => {
    const tree = {
      'core/clock.ts': "import { join } from 'node:path'\nexport const now = 1",
      'ir/usage.ts': "import { z } from 'zod/v4'\nimport { now } from '../core/clock.ts'",
      'ir/request.ts': "import type { Usage } from './usage.ts'",
      'routing/plan.ts': "export { now } from '../core/clock.ts'\nimport cors from '@fastify/cors'",
      'app.ts': "import './routing/plan.ts'",
      'cli/main.ts': "const app = await import('../app.ts')\nimport '../simulator/server.ts'",
      'simulator/server.ts': "import './models.ts'",
      'simulator/models.ts': '',
    }
    expect(problemsOf(tree)).toEqual([])
  })

  test('a test may import whatever it likes', () => {
    const tree = {
      'core/clock.test.ts': "import '../cli/main.ts'\nimport 'vitest'\nimport '../../test/support/x.ts'",
      'cli/main.ts': '',
    }
    expect(problemsOf(tree)).toEqual([])
  })

  test('what was seen is counted', () => {
    const report = checkFloors({ 'core/a.ts': "import './b.ts'", 'core/b.ts': '' }, [])
    expect(report).toEqual({ files: 2, imports: 1, problems: [] })
  })
})

describe('out of order', () => {
  const cases: Record<string, { tree: SourceTree; problem: string }> = {
    'an import that climbs': {
      tree: { 'core/a.ts': "\nimport { b } from '../keys/b.ts'", 'keys/b.ts': '' },
      problem: 'src/core/a.ts:2: imports src/keys/b.ts, which is higher up (floor 0 to floor 2)',
    },
    'an import of a neighbour': {
      tree: { 'wire/a.ts': "import { b } from '../ir/b.ts'", 'ir/b.ts': '' },
      problem: 'src/wire/a.ts:1: imports src/ir/b.ts, its neighbour on floor 1',
    },
    'a type-only import that climbs': {
      tree: { 'ir/a.ts': "import type { B } from '../routing/b.ts'", 'routing/b.ts': '' },
      problem: 'src/ir/a.ts:1: imports src/routing/b.ts, which is higher up (floor 1 to floor 4)',
    },
    'an import type expression that climbs': {
      tree: { 'ir/a.ts': "type B = import('../routing/b.ts').B", 'routing/b.ts': '' },
      problem: 'src/ir/a.ts:1: imports src/routing/b.ts, which is higher up (floor 1 to floor 4)',
    },
    'a re-export that climbs': {
      tree: { 'ir/a.ts': "export * from '../routing/b.ts'", 'routing/b.ts': '' },
      problem: 'src/ir/a.ts:1: imports src/routing/b.ts, which is higher up (floor 1 to floor 4)',
    },
    'a dynamic import that climbs': {
      tree: { 'http/a.ts': "const b = () => import('../cli/b.ts')", 'cli/b.ts': '' },
      problem: 'src/http/a.ts:1: imports src/cli/b.ts, which is higher up (floor 6 to floor 8)',
    },
    'app.ts imported from below': {
      tree: { 'http/a.ts': "import '../app.ts'", 'app.ts': '' },
      problem: 'src/http/a.ts:1: imports src/app.ts, which is higher up (floor 6 to floor 7)',
    },
    'a simulator that needs the gateway': {
      tree: { 'simulator/a.ts': "import '../core/b.ts'", 'core/b.ts': '' },
      problem: 'src/simulator/a.ts:1: imports src/core/b.ts, but the simulator imports nothing of ours',
    },
    'a gateway that needs the simulator': {
      tree: { 'http/a.ts': "import '../simulator/b.ts'", 'simulator/b.ts': '' },
      problem: 'src/http/a.ts:1: imports src/simulator/b.ts, but only cli and tests import the simulator',
    },
    'code that imports a test': {
      tree: { 'core/a.ts': "import './b.test.ts'", 'core/b.test.ts': '' },
      problem: 'src/core/a.ts:1: imports src/core/b.test.ts, which is a test',
    },
    'code that imports from outside src': {
      tree: { 'core/a.ts': "import '../../test/support/b.ts'" },
      problem: 'src/core/a.ts:1: imports test/support/b.ts, which is outside src',
    },
    'a file that is not there': {
      tree: { 'core/a.ts': "import './b.ts'" },
      problem: 'src/core/a.ts:1: imports src/core/b.ts, which does not exist',
    },
    'a folder without a floor': {
      tree: { 'misc/a.ts': '' },
      problem: 'src/misc/a.ts:1: misc has no floor; add it to FLOORS in scripts/floors.ts',
    },
    'a file without a subject': {
      tree: { 'core/utils.ts': '' },
      problem: 'src/core/utils.ts:1: a file named utils.ts has no subject; name it after what it holds',
    },
    'a development package in the program': {
      tree: { 'cli/a.ts': "import OpenAI from '@openai/sdk/client'" },
      problem: 'src/cli/a.ts:1: imports @openai/sdk, which is not among the dependencies in package.json',
    },
    'a cycle of files': {
      tree: {
        'core/a.ts': "import './b.ts'",
        'core/b.ts': "import './c.ts'",
        'core/c.ts': "\n\nimport './a.ts'",
      },
      problem: 'src/core/a.ts:1: cycle of files: core/a.ts > core/b.ts > core/c.ts > core/a.ts',
    },
  }
  for (const [name, { tree, problem }] of Object.entries(cases)) {
    test(name, () => expect(problemsOf(tree)).toEqual([problem]))
  }

  test('a cycle of folders, though no file is in one', () => {
    const tree = {
      'keys/a.ts': "import '../core/b.ts'",
      'keys/c.ts': '',
      'core/b.ts': '',
      'core/d.ts': "import '../keys/c.ts'",
    }
    expect(problemsOf(tree)).toEqual([
      'src/core/d.ts:1: imports src/keys/c.ts, which is higher up (floor 0 to floor 2)',
      'src/core: cycle of folders: core > keys > core',
    ])
  })
})
