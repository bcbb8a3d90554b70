import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { stripVTControlCharacters } from 'node:util'
import { until } from './until.ts'

// For tests only: a command line in a real pseudo-terminal, typed into key by key.

const MAIN = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
const COMPILE_CACHE = fileURLToPath(new URL('../../node_modules/.cache/llm-gateway-tests', import.meta.url))

export const KEYS = { enter: '\r', down: '\u001b[B', space: ' ', ctrlC: '\u0003' }

/** What makes a pseudo-terminal here: `script` of util-linux, or Python; undefined where there is neither. */
export const TERMINAL_MAKER = ['script', 'python3'].find((program) => {
  const args = program === 'script' ? ['-qec', 'true', '/dev/null'] : ['-c', 'import pty']
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
})

const PYTHON = 'import os,pty,sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))'

export interface TerminalSession {
  /** Everything on the screen so far, without colours and cursor movements. */
  screen(): string
  /** Waits for new output that fits, then types. */
  answer(question: RegExp, keys: string): Promise<void>
  readonly ended: Promise<number | null>
}

/** Starts a command line at a terminal of its own, with this folder as its home. */
export function openTerminal(folder: string, args: readonly string[]): TerminalSession {
  // a terminal that nobody sees has no size of its own
  const line = `stty cols 100 rows 40; exec ${[process.execPath, MAIN, ...args].map(quote).join(' ')}`
  const command = TERMINAL_MAKER === 'script' ? ['-qec', line, '/dev/null'] : ['-c', PYTHON, 'sh', '-c', line]
  const child = spawn(TERMINAL_MAKER ?? 'script', command, {
    cwd: folder,
    env: {
      HOME: folder,
      LLM_GATEWAY_HOME: `${folder}/home`,
      PATH: process.env.PATH,
      TERM: 'xterm',
      NODE_COMPILE_CACHE: COMPILE_CACHE,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let output = ''
  let seen = 0
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text
  })
  return {
    screen: () => stripVTControlCharacters(output),
    answer: async (question, keys) => {
      await until(() => question.test(stripVTControlCharacters(output.slice(seen))))
      seen = output.length
      child.stdin.write(keys)
    },
    ended: once(child, 'close').then(([code]: (number | null)[]) => code ?? null),
  }
}

function quote(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`
}
