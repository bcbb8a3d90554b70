import { processContext } from './context.ts'
import { runCli } from './program.ts'

const context = processContext()
const code = await runCli(process.argv.slice(2), context)

// not before all is written; and what a failed start left open must not keep us
context.stdout.write('', () => context.exit(code))
