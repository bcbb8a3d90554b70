import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { makeContext } from '../../test/support/cli.ts'
import { listCommands } from './command-tree.ts'
import { buildProgram } from './program.ts'
import { renderCommandLine } from './reference.ts'

const program = () => buildProgram(makeContext().context)

// If this fails: node scripts/generate-docs.ts
test('docs/cli.md is what the commands say', async () => {
  const written = await readFile(new URL('../../docs/cli.md', import.meta.url), 'utf8')
  expect(written).toBe(renderCommandLine(program()))
})

test('it has every command', () => {
  const text = renderCommandLine(program())
  const leaves = listCommands(program()).filter(({ command }) => command.commands.length === 0)
  expect(leaves.length).toBeGreaterThan(50)
  for (const { place } of leaves) expect(text).toContain(`| \`${place.join(' ')}`)
})
