import { startApp } from '../../src/app.ts'
import { loadConfig } from '../../src/config/load.ts'
import { CREDENTIAL_VARIABLES } from '../../src/providers/index.ts'

// A gateway in a process of its own, set up by nothing but its environment and the folder it runs in: the interaction log
// on stdout, the operational one on stderr, its URL told to the parent. A configuration that cannot be used ends it with 1.

const flags = { 'health.interval': 0, ...JSON.parse(process.env.TEST_FLAGS ?? '{}') }
const input = {
  environment: process.env,
  flags,
  workingDirectory: process.cwd(),
  homeDirectory: process.cwd(),
  providerVariables: CREDENTIAL_VARIABLES,
}

try {
  const app = await startApp({ load: () => loadConfig(input) })
  process.on('message', () => {
    void app.close().then(() => process.disconnect())
  })
  process.send?.({ url: app.url })
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
  process.disconnect()
}
