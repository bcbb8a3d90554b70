import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { makeContext } from '../../test/support/cli.ts'
import { listCommands } from './command-tree.ts'
import { completionScript } from './completion-scripts.ts'
import { buildProgram } from './program.ts'

const program = buildProgram(makeContext().context)

async function complete(...words: string[]): Promise<string[]> {
  const script = `${completionScript(program, 'bash')}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _llm_gateway; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = await promisify(execFile)('bash', ['-c', script, 'bash', 'llm-gateway', ...words])
  return stdout.split('\n').filter(Boolean)
}

test('bash completes commands, their options and choices', async () => {
  expect(await complete('api')).toEqual(['apikey'])
  expect(await complete('apikey', 'ro')).toEqual(['rotate'])
  expect(await complete('apikey', 'add', '--per')).toEqual(['--permissions'])
  expect(await complete('upstream', 'edit', 'server', '--base')).toEqual(['--base-url'])
  expect(await complete('completions', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']))
})

test.each(['bash', 'zsh', 'fish'] as const)('%s knows every command', (shell) => {
  const script = completionScript(program, shell)
  for (const { place } of listCommands(program)) expect(script).toContain(place.join(' '))
})
